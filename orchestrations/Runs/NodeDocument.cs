using ServerlessHub.Lake.Storage;
using ServerlessHub.Pipelines.Connectors;

namespace ServerlessHub.Orchestrations.Runs;

/// <summary>
/// The document of a node in one writer's hand. Of two hosts that take a node to be theirs, the one that opened it later goes on writing; the
/// other finds out by its next write. One thread at a time may use it.
/// </summary>
public sealed class NodeDocument
{
    private readonly ILakeStorage storage;
    private readonly string file;
    private StoredFile? stored;
    private bool isOvertaken;

    internal NodeDocument(ILakeStorage storage, string file, StoredFile? stored) =>
        (this.storage, this.file, this.stored) = (storage, file, stored);

    /// <summary>Writes where the node stands, in place of what this writer wrote before.</summary>
    /// <returns>False if somebody else writes the document by now; then nothing is written, now and later.</returns>
    /// <exception cref="RunException">The storage fails.</exception>
    public bool TryWrite(NodeRun node)
    {
        if (isOvertaken)
            return false;
        var written = RunDocuments.Try(file, path => storage.TryReplace(path, RunDocuments.ToJson(node), stored));
        (stored, isOvertaken) = (written ?? stored, written is null);
        return !isOvertaken;
    }
}
