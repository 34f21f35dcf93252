namespace ServerlessHub.Lake.Storage;

/// <summary>
/// Where tables are kept. Paths are relative to the storage's root, with <c>/</c> between their parts; one that would leave the root is
/// refused with an <see cref="ArgumentException"/>. What the storage itself cannot do ends in an <see cref="IOException"/> or an
/// <see cref="UnauthorizedAccessException"/>, and its message names the file. Every member may be called from several threads at once.
/// </summary>
public interface ILakeStorage
{
    /// <summary>The address by which the engine reads and writes the file or folder; two storages of one place give the same.</summary>
    string Locate(string path);

    /// <summary>Makes sure that the engine can write files into the folder.</summary>
    void CreateFolder(string path);

    /// <summary>
    /// The files directly inside a folder, in ordinal order of their names, beginning with the first that is not below
    /// <paramref name="from"/>. Empty when there is no such folder. A file whose creation ended before the call is listed.
    /// </summary>
    IReadOnlyList<StoredFile> List(string folder, string? from = null);

    /// <summary>The paths of the folders directly inside a folder, in ordinal order. Empty when there is no such folder.</summary>
    IReadOnlyList<string> Folders(string folder);

    /// <summary>The file at the path, or null if there is none.</summary>
    StoredFile? Find(string path);

    /// <summary>The file's content, or null if there is none.</summary>
    byte[]? Read(string path);

    /// <summary>
    /// Creates a file with this content, unless one is there. Of any number of callers, in any number of processes, exactly one gets
    /// true; the file appears whole, and once true is returned it survives a loss of power. After an exception the outcome is open: the
    /// caller must look whether the file is there and its own.
    /// </summary>
    /// <returns>False if a file is there already; it is left as it was.</returns>
    bool WriteIfAbsent(string path, ReadOnlyMemory<byte> content);

    /// <summary>Puts a file of this machine at the path, in place of what is there. A reader finds the old one or the new one, whole.</summary>
    void Replace(string path, string localFile);

    /// <summary>Makes files that the engine wrote, and their folders, survive a loss of power.</summary>
    void Persist(IReadOnlyCollection<string> paths);

    /// <summary>Deletes the file; nothing happens if there is none.</summary>
    void Delete(string path);
}
