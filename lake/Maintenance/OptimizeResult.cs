namespace ServerlessHub.Lake.Maintenance;

/// <summary>What an optimization did; all counted from the files that it took out and put in.</summary>
public sealed record OptimizeResult
{
    /// <summary>The commits that it made; 0 if there was nothing to do.</summary>
    public int Commits { get; init; }

    /// <summary>The last version that it made, or null if it made none.</summary>
    public long? Version { get; init; }

    /// <summary>The files of the table that were looked at.</summary>
    public int FilesConsidered { get; init; }

    /// <summary>Files written.</summary>
    public int FilesAdded { get; init; }

    /// <summary>Files taken out of the table; vacuum deletes them when nobody can be reading them any more.</summary>
    public int FilesRemoved { get; init; }

    /// <summary>The size of the files written, in bytes.</summary>
    public long BytesAdded { get; init; }

    /// <summary>The size of the files taken out, in bytes.</summary>
    public long BytesRemoved { get; init; }

    /// <summary>The rows in the files written: as many as the table had in those taken out, which is checked before each commit.</summary>
    public long Rows { get; init; }

    /// <summary>Deletion vectors taken out: files written anew without their deleted rows.</summary>
    public int DeletionVectorsRemoved { get; init; }

    /// <summary>The commit of somebody else that was in the way when it gave up, after all attempts; what was committed before stays.</summary>
    public CommitResult.Conflicted? Conflict { get; init; }

    /// <summary>What could not be done after a commit, and does no harm; or null.</summary>
    public string? Warning { get; init; }
}
