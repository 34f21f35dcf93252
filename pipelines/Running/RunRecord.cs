using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using ServerlessHub.Lake.Storage;

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

    /// <summary>The record of a run, as the storage lists it; null when there is none.</summary>
    internal static StoredFile? Find(HubRoot root, string runId) => root.Storage.Find(FileOf(runId));

    /// <summary>Writes the record, whole. One that was written since the attempt began stands: another machine has finished the run.</summary>
    /// <param name="root">The hub root.</param>
    /// <param name="report">What the run did.</param>
    /// <param name="before">The record of an earlier attempt, as it was when this one began.</param>
    /// <exception cref="IOException">It cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be written.</exception>
    internal static void Write(HubRoot root, RunReport report, StoredFile? before) =>
        root.Storage.TryReplace(FileOf(report.RunId), Encoding.UTF8.GetBytes(ToJson(report)), before);

    private static string FileOf(string runId) => $"data/ops/runs/{runId}.json";
}
