using System.Globalization;
using System.Text.Json.Serialization;
using ServerlessHub.Lake.Reading;

namespace ServerlessHub.Lake.Log;

/// <summary>Where the log says the rows of a data file are listed that are deleted: the protocol's <c>DeletionVectorDescriptor</c>.</summary>
internal sealed record DeletionVector
{
    /// <summary>A file whose name is derived from a UUID, relative to the table.</summary>
    public const string Relative = "u";

    /// <summary>In the log itself.</summary>
    public const string Inline = "i";

    /// <summary>A file anywhere.</summary>
    public const string Absolute = "p";

    /// <summary>A UUID in Z85.</summary>
    private const int IdLength = 20;

    public required string StorageType { get; init; }

    public required string PathOrInlineDv { get; init; }

    /// <summary>Where the vector begins in its file, in bytes.</summary>
    public int? Offset { get; init; }

    /// <summary>Its size in bytes, without the length before it and the checksum behind it.</summary>
    public required int SizeInBytes { get; init; }

    /// <summary>How many rows it deletes.</summary>
    public required long Cardinality { get; init; }

    /// <summary>What tells it from any other vector of the same data file.</summary>
    [JsonIgnore]
    public string UniqueId =>
        Offset is { } offset
            ? string.Create(CultureInfo.InvariantCulture, $"{StorageType}{PathOrInlineDv}@{offset}")
            : $"{StorageType}{PathOrInlineDv}";

    /// <summary>The path of its file as the log would spell it: relative to the table, or absolute; null if it is inline.</summary>
    /// <exception cref="FormatException">The descriptor is none that the protocol has.</exception>
    [JsonIgnore]
    public string? File =>
        StorageType switch
        {
            Inline => null,
            Absolute => FileKey.Decode(PathOrInlineDv),
            Relative when PathOrInlineDv.Length >= IdLength => RelativeFile(),
            _ => throw new FormatException($"'{StorageType}{PathOrInlineDv}' is no place of a deletion vector"),
        };

    private string RelativeFile()
    {
        var prefix = PathOrInlineDv[..^IdLength];
        var id = new Guid(Z85.Decode(PathOrInlineDv.AsSpan(prefix.Length)), bigEndian: true);
        return $"{(prefix.Length == 0 ? "" : prefix + "/")}deletion_vector_{id}.bin";
    }
}
