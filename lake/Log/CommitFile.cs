using System.Buffers;
using System.Text.Json;
using ServerlessHub.Lake.Storage;

namespace ServerlessHub.Lake.Log;

/// <summary>One commit: the actions that make a version of the table out of the version before.</summary>
internal static class CommitFile
{
    private static readonly SearchValues<byte> WhiteSpace = SearchValues.Create(" \t\r\n"u8);

    public static string PathOf(string table, long version) => $"{table}/{LogFileName.Folder}/{LogFileName.Commit(version)}";

    /// <summary>The actions of a commit, or null if there is no such commit.</summary>
    /// <exception cref="LakeException">The file is damaged, or empty: what a disk leaves of a file that it had not yet written.</exception>
    public static IReadOnlyList<LogAction>? TryRead(ILakeStorage storage, string table, long version)
    {
        var name = LogFileName.Commit(version);
        if (storage.Read(PathOf(table, version)) is not { } content)
            return null;
        return Parse(table, version, name, content) is { Count: > 0 } actions
            ? actions
            : throw new LakeException(
                table,
                "the commit is empty, so what it did is lost. Restore the file from a backup.",
                version,
                $"{LogFileName.Folder}/{name}"
            );
    }

    /// <summary>The commit as it is stored: one action a line.</summary>
    public static byte[] Write(IEnumerable<LogAction> actions)
    {
        using var buffer = new MemoryStream();
        foreach (var action in actions)
            action.Write(buffer);
        return buffer.ToArray();
    }

    /// <summary>Reads a file of the log: one action a line by the protocol; other readers take any white space between and inside of them.</summary>
    /// <exception cref="LakeException">Something in it is no action.</exception>
    public static IReadOnlyList<LogAction> Parse(string table, long version, string name, ReadOnlySpan<byte> content)
    {
        var actions = new List<LogAction>();
        var reader = new Utf8JsonReader(content, new JsonReaderOptions { AllowMultipleValues = true });
        var end = 0;
        try
        {
            while (reader.Read())
            {
                actions.Add(LogAction.Parse(ref reader));
                end = (int)reader.BytesConsumed;
            }
            return actions;
        }
        catch (JsonException e)
        {
            var start = end + Math.Max(0, content[end..].IndexOfAnyExcept(WhiteSpace));
            throw new LakeException(
                table,
                $"line {content[..start].Count((byte)'\n') + 1} is damaged: {e.Message} Restore the file from a backup.",
                version,
                $"{LogFileName.Folder}/{name}",
                e
            );
        }
    }
}
