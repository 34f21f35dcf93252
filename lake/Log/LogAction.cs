using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace ServerlessHub.Lake.Log;

/// <summary>One line of a commit, or one row of a checkpoint: exactly one of the actions, or one that is unknown and means nothing.</summary>
internal sealed record LogAction
{
    public JsonObject? CommitInfo { get; init; }

    public TableProtocol? Protocol { get; init; }

    public TableMetadata? MetaData { get; init; }

    public SetTransaction? Txn { get; init; }

    public DomainMetadata? DomainMetadata { get; init; }

    public RemoveFile? Remove { get; init; }

    public AddFile? Add { get; init; }

    public ChangeFile? Cdc { get; init; }

    public CheckpointMetadata? CheckpointMetadata { get; init; }

    public Sidecar? Sidecar { get; init; }

    public static LogAction Parse(ReadOnlySpan<byte> action)
    {
        var reader = new Utf8JsonReader(action);
        return Parse(ref reader);
    }

    /// <summary>Reads the action that begins where the reader is.</summary>
    public static LogAction Parse(ref Utf8JsonReader reader) =>
        JsonSerializer.Deserialize(ref reader, LogJson.Default.LogAction) ?? throw new JsonException("An action is an object.");

    public void Write(Stream target)
    {
        JsonSerializer.Serialize(target, this, LogJson.Relaxed.LogAction);
        target.WriteByte((byte)'\n');
    }
}

/// <summary>The part of a checkpoint that holds file actions, in a file of its own.</summary>
internal sealed record Sidecar(string Path, long SizeInBytes, long ModificationTime);

/// <summary>What a checkpoint of the protocol's second kind says of itself.</summary>
internal sealed record CheckpointMetadata(long Version);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    NumberHandling = JsonNumberHandling.AllowReadingFromString
)]
[JsonSerializable(typeof(LogAction))]
[JsonSerializable(typeof(LastCheckpoint))]
internal sealed partial class LogJson : JsonSerializerContext
{
    /// <summary>For writing: text stays readable, since a log is JSON for programs and never part of a page.</summary>
    public static LogJson Relaxed { get; } =
        new(
            new JsonSerializerOptions
            {
                PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
                DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
                Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
            }
        );
}
