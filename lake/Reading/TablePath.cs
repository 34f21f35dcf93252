using ServerlessHub.Lake.Storage;

namespace ServerlessHub.Lake.Reading;

/// <summary>Where a file of a table is that the log names by a path relative to the table, or by an absolute one.</summary>
internal static class TablePath
{
    private const string FileScheme = "file:";

    /// <summary>The path of the file in the storage.</summary>
    /// <param name="storage">The table's storage.</param>
    /// <param name="table">The table's path in it.</param>
    /// <param name="path">The path of the log, decoded.</param>
    /// <exception cref="FormatException">The file lies outside of the storage, or is reached over <c>..</c>.</exception>
    public static string Resolve(ILakeStorage storage, string table, string path)
    {
        if (path.Split('/').Contains(".."))
            throw Outside(path);
        if (!IsAbsolute(path))
            return $"{table}/{path}";
        var root = storage.Locate(".").TrimEnd('/') + "/";
        var address = WithoutFileScheme(path);
        return address.StartsWith(root, StringComparison.Ordinal) ? address[root.Length..] : throw Outside(path);
    }

    private static bool IsAbsolute(string path) =>
        path.StartsWith('/') || path.StartsWith(FileScheme, StringComparison.Ordinal) || path.Contains("://", StringComparison.Ordinal);

    /// <summary>Writers spell it <c>file:/folder</c> or <c>file:///folder</c>.</summary>
    private static string WithoutFileScheme(string path) =>
        path.StartsWith(FileScheme, StringComparison.Ordinal) ? "/" + path[FileScheme.Length..].TrimStart('/') : path;

    private static FormatException Outside(string path) =>
        new($"'{path}' lies outside of the lake, of which this version of the hub reads nothing");
}
