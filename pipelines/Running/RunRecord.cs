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

    /// <summary>Writes the record aside and puts it in place; one of an earlier attempt of the same run is replaced.</summary>
    public static void Write(HubRoot root, RunReport report)
    {
        var folder = Directory.CreateDirectory(Path.Combine(root.Path, "data", "ops", "runs")).FullName;
        var file = Path.Combine(folder, report.RunId + ".json");
        var aside = file + ".new";
        File.WriteAllText(aside, ToJson(report));
        File.Move(aside, file, overwrite: true);
    }
}
