using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using ServerlessHub.Lake.Storage;

namespace ServerlessHub.Pipelines.Running;

/// <summary>The run's record on disk: one document a run, so that runs never contend, under <c>data/ops/runs</c>.</summary>
public static class RunRecord
{
    private const string Folder = "data/ops/runs";

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

    /// <summary>The report that is kept as JSON.</summary>
    /// <exception cref="JsonException">It is damaged.</exception>
    public static RunReport FromJson(string json) => JsonSerializer.Deserialize<RunReport>(json, Json)!;

    /// <summary>The record of a run, as the storage lists it; null when there is none.</summary>
    internal static StoredFile? Find(HubRoot root, string runId) => root.Storage.Find(FileOf(runId));

    /// <summary>Writes the record, whole. One that was written since the attempt began stands: another machine has finished the run.</summary>
    /// <param name="root">The hub root.</param>
    /// <param name="report">What the run did.</param>
    /// <param name="before">The record of an earlier attempt, as it was when this one began.</param>
    /// <exception cref="IOException">It cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be written.</exception>
    internal static void Write(HubRoot root, RunReport report, StoredFile? before)
    {
        var (file, json) = (FileOf(report.RunId), Encoding.UTF8.GetBytes(ToJson(report)));
        if (root.Storage.TryReplace(file, json, before) is null && before is not null)
            // The earlier attempt's record may have gone into the history meanwhile; then there is nothing in place of which this one stands.
            root.Storage.WriteIfAbsent(file, json);
    }

    /// <summary>The records that are there, in ordinal order of the runs' ids.</summary>
    /// <exception cref="IOException">The storage fails.</exception>
    public static IEnumerable<StoredFile> List(ILakeStorage storage) =>
        storage.List(Folder).Where(file => file.Name.EndsWith(".json", StringComparison.Ordinal));

    /// <summary>The record of a run as JSON; null when there is none, or it is kept elsewhere by now.</summary>
    /// <exception cref="IOException">The storage fails.</exception>
    public static string? Read(ILakeStorage storage, string runId) =>
        storage.Read(FileOf(runId)) is { } json ? Encoding.UTF8.GetString(json) : null;

    /// <summary>Deletes a record that is kept elsewhere now, unless another attempt of the run has written its own since.</summary>
    /// <param name="storage">What holds the hub.</param>
    /// <param name="record">The record as it was listed.</param>
    /// <exception cref="IOException">The storage fails.</exception>
    public static void Forget(ILakeStorage storage, StoredFile record) => storage.Delete(record);

    private static string FileOf(string runId) => $"{Folder}/{runId}.json";
}
