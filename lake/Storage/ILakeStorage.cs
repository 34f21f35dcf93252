namespace ServerlessHub.Lake.Storage;

/// <summary>
/// Where tables are kept. Paths are relative to the storage's root, with <c>/</c> between their parts; one that would leave the root is
/// refused with an <see cref="ArgumentException"/>. What the storage itself cannot do ends in an <see cref="IOException"/> or an
/// <see cref="UnauthorizedAccessException"/>, and its message names the file. Every member may be called from several threads at once.
/// </summary>
public interface ILakeStorage
{
    /// <summary>
    /// Where on this machine the engine reads a file that is never written again, or the files of a folder, once <see cref="Fetch"/> has
    /// brought them there; two storages of one place give the same.
    /// </summary>
    string Locate(string path);

    /// <summary>Brings files to where the engine can read them, which for a folder of this machine is where they are.</summary>
    /// <param name="files">
    /// The files, with their sizes. One that is never written again needs no tag and comes to where <see cref="Locate"/> says.
    /// </param>
    /// <param name="ct">Ends it.</param>
    /// <exception cref="FileNotFoundException">One of them is not there; a storage that brings nothing leaves that to the engine to find.</exception>
    FetchedFiles Fetch(IReadOnlyCollection<StoredFile> files, CancellationToken ct = default);

    /// <summary>
    /// The folder of this machine into which the engine writes files that <see cref="Persist"/> makes files of a folder of the storage; it
    /// is there when this returns. It is the same for all storages of one place in this process.
    /// </summary>
    string Stage(string folder);

    /// <summary>
    /// The files directly inside a folder, in ordinal order of their names, beginning with the first that is not below
    /// <paramref name="from"/>. Empty when there is no such folder. A file whose creation ended before the call is listed.
    /// </summary>
    IReadOnlyList<StoredFile> List(string folder, string? from = null);

    /// <summary>The files inside a folder at any depth, in ordinal order of their paths; links are not followed. Empty when there is no such folder.</summary>
    IReadOnlyList<StoredFile> ListBelow(string folder);

    /// <summary>The paths of the folders directly inside a folder, in ordinal order. Empty when there is no such folder.</summary>
    IReadOnlyList<string> Folders(string folder);

    /// <summary>Whether there is such a folder; in a storage that knows files only, whether a file is inside of it.</summary>
    bool HasFolder(string folder);

    /// <summary>The file at the path, or null if there is none.</summary>
    StoredFile? Find(string path);

    /// <summary>The file's content, or null if there is none.</summary>
    byte[]? Read(string path);

    /// <summary>A part of the file's content, which is shorter than asked for, or empty, where the file ends before; null if there is none.</summary>
    /// <param name="path">The path.</param>
    /// <param name="offset">Where it begins, in bytes from the start of the file.</param>
    /// <param name="length">How many bytes, at least one.</param>
    byte[]? Read(string path, long offset, int length);

    /// <summary>
    /// Creates a file with this content, unless one is there. Of any number of callers, in any number of processes, exactly one gets
    /// true; the file appears whole, and once true is returned it survives a loss of power. After an exception the outcome is open: the
    /// caller must look whether the file is there and its own.
    /// </summary>
    /// <returns>False if a file is there already; it is left as it was.</returns>
    bool WriteIfAbsent(string path, ReadOnlyMemory<byte> content);

    /// <summary>
    /// Puts a file with this content at the path if what is there is what the caller knows; a reader finds the old one or the new one, whole.
    /// Of several callers at once that know the same, one succeeds; those of a folder of this machine must hold a lock for that.
    /// </summary>
    /// <param name="path">The path.</param>
    /// <param name="content">The content.</param>
    /// <param name="before">What <see cref="Find"/> or this said was there last; null for nothing.</param>
    /// <returns>What is there now, or null if something else was there, which is left as it was.</returns>
    StoredFile? TryReplace(string path, ReadOnlyMemory<byte> content, StoredFile? before);

    /// <summary>Puts a file of this machine at the path, in place of what is there. A reader finds the old one or the new one, whole.</summary>
    void Replace(string path, string localFile);

    /// <summary>
    /// Makes files that the engine wrote where <see cref="Stage"/> said part of the storage, such that they survive a loss of power. After an
    /// exception some may be there.
    /// </summary>
    /// <param name="paths">Their paths in the storage, new ones.</param>
    /// <param name="ct">Ends it.</param>
    void Persist(IReadOnlyCollection<string> paths, CancellationToken ct = default);

    /// <summary>Takes the lock that a path stands for until it is disposed, or the process ends: at once then, or within a minute.</summary>
    /// <returns>Null if somebody else has it.</returns>
    StorageLock? TryLock(string path);

    /// <summary>Deletes the file, or what is staged for its path; nothing happens if there is none.</summary>
    void Delete(string path);

    /// <summary>Deletes a file if what is there is what the caller knows; of one that was written since, nothing is lost.</summary>
    /// <param name="known">What <see cref="Find"/>, a listing or <see cref="TryReplace"/> said was there last.</param>
    void Delete(StoredFile known);

    /// <summary>Deletes a folder that holds nothing, and has not since a time; a storage without folders has none to delete.</summary>
    /// <returns>Whether it was deleted.</returns>
    bool DeleteFolder(string path, DateTimeOffset unchangedSince);
}
