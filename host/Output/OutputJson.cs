using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using ServerlessHub.Api.Backfills;
using ServerlessHub.Api.Documents;
using ServerlessHub.Api.Tables;
using ServerlessHub.Host.Cases;
using ServerlessHub.Orchestrations.Backfills;
using ServerlessHub.Orchestrations.Durable;

namespace ServerlessHub.Host.Output;

/// <summary>
/// What <c>--json</c> prints: names in camel case, nulls left out, times in ISO 8601. The source generator writes it, so that start-up pays no
/// reflection.
/// </summary>
[JsonSourceGenerationOptions(
    WriteIndented = true,
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UseStringEnumConverter = true
)]
[JsonSerializable(typeof(TestOutput))]
[JsonSerializable(typeof(VersionOutput))]
[JsonSerializable(typeof(WrittenOutput))]
[JsonSerializable(typeof(ValidationOutput))]
[JsonSerializable(typeof(DemoOutput))]
[JsonSerializable(typeof(DraftOutput))]
[JsonSerializable(typeof(InitOutput))]
[JsonSerializable(typeof(ConfigTransferOutput))]
[JsonSerializable(typeof(AzureStatusOutput))]
[JsonSerializable(typeof(VerificationOutput))]
[JsonSerializable(typeof(PlanOutput))]
[JsonSerializable(typeof(JobPlanOutput))]
[JsonSerializable(typeof(StreamPlanOutput))]
[JsonSerializable(typeof(StreamVerificationOutput))]
[JsonSerializable(typeof(RedriveOutput))]
[JsonSerializable(typeof(ReplayOutput))]
[JsonSerializable(typeof(SimulationOutput))]
[JsonSerializable(typeof(TableListOutput))]
[JsonSerializable(typeof(TableDetailsOutput))]
[JsonSerializable(typeof(TableHistoryOutput))]
[JsonSerializable(typeof(TableDiffOutput))]
[JsonSerializable(typeof(ConstraintsOutput))]
[JsonSerializable(typeof(TablePropertiesOutput))]
[JsonSerializable(typeof(TableCommitOutput))]
[JsonSerializable(typeof(OptimizeOutput))]
[JsonSerializable(typeof(VacuumOutput))]
[JsonSerializable(typeof(RowsOutput))]
[JsonSerializable(typeof(Backfill))]
[JsonSerializable(typeof(BackfillListOutput))]
[JsonSerializable(typeof(BackfillPlanOutput))]
internal sealed partial class OutputJson : JsonSerializerContext;

/// <summary>Writes JSON to a terminal.</summary>
internal static class TerminalJson
{
    private static readonly JsonSerializerOptions Records = new(DurableJson.Options) { WriteIndented = true };

    private static readonly OutputJson Readable = new(
        new JsonSerializerOptions(OutputJson.Default.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }
    );

    /// <summary>Writes what is known of jobs and runs, as it is kept and as the API answers it, with a line end after it.</summary>
    public static void WriteRecord<T>(this Terminal terminal, T record) => terminal.WriteLine(JsonSerializer.Serialize(record, Records));

    /// <summary>Writes a value as JSON, with a line end after it.</summary>
    public static void WriteJson<T>(this Terminal terminal, T value, JsonTypeInfo<T> type) =>
        terminal.WriteLine(JsonSerializer.Serialize(value, (JsonTypeInfo<T>)Readable.GetTypeInfo(type.Type)!));
}
