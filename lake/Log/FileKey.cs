namespace ServerlessHub.Lake.Log;

/// <summary>What the protocol tells logical files apart by: the data file, and the vector of its deleted rows, if it has one.</summary>
internal readonly record struct FileKey(string Path, string? DeletionVector)
{
    public static FileKey Of(AddFile file) => new(Decode(file.Path), file.DeletionVector?.UniqueId);

    public static FileKey Of(RemoveFile file) => new(Decode(file.Path), file.DeletionVector?.UniqueId);

    public static string Decode(string path) => Uri.UnescapeDataString(path);

    /// <summary>Encodes a path for the log; the folder's <c>column=value</c> stays readable.</summary>
    public static string Encode(string path) =>
        string.Join('/', path.Split('/').Select(part => Uri.EscapeDataString(part).Replace("%3D", "=", StringComparison.Ordinal)));
}
