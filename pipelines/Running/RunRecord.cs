using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace ServerlessHub.Pipelines.Running;

/// <summary>The run's record on disk: one document a run, so that runs never contend, under <c>data/ops/runs</c>.</summary>
public static class RunRecord
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        // The record is read by people and tools, never pasted into a page: quotes stay readable.
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase), new FindingJson() },
    };

    /// <summary>The report as JSON.</summary>
    public static string ToJson(RunReport report) => JsonSerializer.Serialize(report, Json);

    /// <summary>Writes the record, whole; one of an earlier attempt of the same run is replaced.</summary>
    /// <exception cref="IOException">It cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be written.</exception>
    public static void Write(HubRoot root, RunReport report) =>
        root.Replace($"data/ops/runs/{report.RunId}.json", Encoding.UTF8.GetBytes(ToJson(report)));
}
