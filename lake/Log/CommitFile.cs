using System.Text.Json;
using ServerlessHub.Lake.Storage;

namespace ServerlessHub.Lake.Log;

/// <summary>One commit: the actions that make a version of the table out of the version before.</summary>
internal static class CommitFile
{
    public static string PathOf(string table, long version) => $"{table}/{LogFileName.Folder}/{LogFileName.Commit(version)}";

    /// <summary>The actions of a commit, or null if there is no such commit.</summary>
    /// <exception cref="LakeException">The file is damaged.</exception>
    public static IReadOnlyList<LogAction>? TryRead(ILakeStorage storage, string table, long version) =>
        storage.Read(PathOf(table, version)) is { } content ? Parse(table, version, LogFileName.Commit(version), content) : null;

    /// <summary>The commit as it is stored: one action a line.</summary>
    public static byte[] Write(IEnumerable<LogAction> actions)
    {
        using var buffer = new MemoryStream();
        foreach (var action in actions)
            action.Write(buffer);
        return buffer.ToArray();
    }

    /// <summary>Reads the lines of a file of the log.</summary>
    /// <exception cref="LakeException">A line is no action.</exception>
    public static IReadOnlyList<LogAction> Parse(string table, long version, string name, ReadOnlySpan<byte> content)
    {
        var actions = new List<LogAction>();
        var number = 0;
        foreach (var range in content.Split((byte)'\n'))
        {
            number++;
            var line = content[range].TrimEnd((byte)'\r');
            if (line.IsEmpty)
                continue;
            try
            {
                actions.Add(LogAction.Parse(line));
            }
            catch (JsonException e)
            {
                throw new LakeException(
                    table,
                    $"line {number} is damaged: {e.Message} Restore the file from a backup.",
                    version,
                    $"{LogFileName.Folder}/{name}",
                    e
                );
            }
        }
        return actions;
    }
}
