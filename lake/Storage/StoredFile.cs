namespace ServerlessHub.Lake.Storage;

/// <summary>A file as a storage lists it.</summary>
/// <param name="Path">Where it is, relative to the storage's root, with <c>/</c> between its parts.</param>
/// <param name="Size">Its size in bytes.</param>
/// <param name="Modified">When it was last written, in UTC.</param>
/// <param name="Tag">What the storage says in place of the content, another one after every write; null if it says nothing, or the file is never written again.</param>
public sealed record StoredFile(string Path, long Size, DateTimeOffset Modified, string? Tag = null)
{
    /// <summary>The last part of the path.</summary>
    public string Name => Path[(Path.LastIndexOf('/') + 1)..];
}
