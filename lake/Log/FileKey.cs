namespace ServerlessHub.Lake.Log;

/// <summary>What the protocol tells logical files apart by: the data file, and the vector of its deleted rows, if it has one.</summary>
internal readonly record struct FileKey(string Path, string? DeletionVector)
{
    private const string FileScheme = "file:";

    public static FileKey Of(AddFile file) => new(Decode(file.Path), file.DeletionVector?.UniqueId);

    public static FileKey Of(RemoveFile file) => new(Decode(file.Path), file.DeletionVector?.UniqueId);

    public static string Decode(string path) => Plain(Uri.UnescapeDataString(path));

    /// <summary>Absolute paths of local files have several spellings, with or without a scheme.</summary>
    private static string Plain(string path) =>
        path.StartsWith(FileScheme, StringComparison.Ordinal) ? "/" + path[FileScheme.Length..].TrimStart('/') : path;

    /// <summary>Encodes a path for the log; the folder's <c>column=value</c> stays readable.</summary>
    public static string Encode(string path) =>
        string.Join('/', path.Split('/').Select(part => Uri.EscapeDataString(part).Replace("%3D", "=", StringComparison.Ordinal)));
}
