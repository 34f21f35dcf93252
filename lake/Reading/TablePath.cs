using ServerlessHub.Lake.Storage;

namespace ServerlessHub.Lake.Reading;

/// <summary>Where a file of a table is that the log names by a path relative to the table, or by an absolute one.</summary>
internal static class TablePath
{
    /// <summary>The path of the file in the storage.</summary>
    /// <param name="storage">The table's storage.</param>
    /// <param name="table">The table's path in it.</param>
    /// <param name="path">The path of the log, decoded.</param>
    /// <exception cref="FormatException">The file lies outside of the storage, or is reached over <c>..</c>.</exception>
    public static string Resolve(ILakeStorage storage, string table, string path)
    {
        if (path.Contains("..", StringComparison.Ordinal) && path.Split('/').Contains(".."))
            throw Outside(path);
        if (!IsAbsolute(path))
            return $"{table}/{path}";
        var root = storage.Locate(".").TrimEnd('/') + "/";
        return path.StartsWith(root, StringComparison.Ordinal) ? path[root.Length..] : throw Outside(path);
    }

    private static bool IsAbsolute(string path) => path.StartsWith('/') || path.Contains("://", StringComparison.Ordinal);

    private static FormatException Outside(string path) =>
        new($"'{path}' lies outside of the lake, of which this version of the hub reads nothing");
}
