using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace ServerlessHub.Lake.Writing;

/// <summary>What a commit does, in the words that other Delta writers use.</summary>
/// <param name="Name">Such as WRITE or MERGE.</param>
internal sealed record Operation(string Name)
{
    private static readonly JsonSerializerOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>How it is done.</summary>
    public JsonObject Parameters { get; init; } = [];

    /// <summary>Numbers beside those that <see cref="OperationMetrics"/> has of every operation of this name.</summary>
    public IReadOnlyList<(string Name, long Value)> Metrics { get; init; } = [];

    /// <summary>Whether files are only added, without a look at what the table holds.</summary>
    public bool IsBlindAppend { get; init; }

    /// <summary>Whether rows come, go or get other values; if not, readers of a version before may go on as if nothing had happened.</summary>
    public bool ChangesRows { get; init; } = true;

    /// <summary>Texts as the JSON that the log holds in a parameter.</summary>
    public static string Json(IEnumerable<string> texts) => JsonSerializer.Serialize(texts, Readable);

    /// <summary>Names and values, likewise.</summary>
    public static string Json(IReadOnlyDictionary<string, string?> values) => JsonSerializer.Serialize(values, Readable);

    /// <summary>Nodes, likewise.</summary>
    public static string Json(IEnumerable<JsonNode> nodes) => new JsonArray([.. nodes]).ToJsonString(Readable);
}
