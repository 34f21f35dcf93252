using ServerlessHub.Lake.Log;

namespace ServerlessHub.Lake.Writing;

/// <summary>A write whose files are there, and which only needs its commit.</summary>
internal sealed record StagedChange
{
    /// <summary>The table on which the write was made; null if there was none.</summary>
    public required Snapshot? Before { get; init; }

    /// <summary>Its version; -1 if there was no table.</summary>
    public long ReadVersion => Before?.Version ?? -1;

    public required ReadSet Reads { get; init; }

    /// <summary>The table's metadata once it is committed.</summary>
    public required TableMetadata Metadata { get; init; }

    /// <summary>The table's protocol once it is committed.</summary>
    public required TableProtocol Protocol { get; init; }

    /// <summary>Whether the protocol is new, so that it is part of the commit.</summary>
    public required bool ProtocolChanges { get; init; }

    /// <summary>Whether the metadata is new, so that it is part of the commit.</summary>
    public required bool MetadataChanges { get; init; }

    /// <summary>Whether the commit must say itself when it was made.</summary>
    public bool SaysWhen => Protocol.Supports("inCommitTimestamp") && Metadata.IsSet("delta.enableInCommitTimestamps");

    public required IReadOnlyList<RemoveFile> Removed { get; init; }

    public required IReadOnlyList<AddFile> Added { get; init; }

    /// <summary>The files with the rows that changed, if the table keeps them.</summary>
    public IReadOnlyList<ChangeFile> ChangeFiles { get; init; } = [];

    public required Operation Operation { get; init; }

    public required WriteMetrics Metrics { get; init; }
}
