namespace ServerlessHub.Lake.Maintenance;

/// <summary>Which files of a table are written anew, and how.</summary>
public sealed record OptimizeOptions
{
    /// <summary>
    /// A condition in SQL on the partition columns, which the caller has checked to be one expression; partitions for which it is not
    /// true are left alone. Null for all.
    /// </summary>
    public string? Where { get; init; }

    /// <summary>
    /// The columns by which rows are to lie together, so that a search by any of them opens few files. Empty means that small files are
    /// put together, and nothing else.
    /// </summary>
    public IReadOnlyList<string> ClusterBy { get; init; } = [];

    /// <summary>How large a file is to be, in bytes; null for <c>delta.targetFileSize</c>, or 128 MiB.</summary>
    public long? TargetFileSize { get; init; }

    /// <summary>What else the log is to say of each commit, as in <see cref="CommitOptions.CommitInfo"/>.</summary>
    public IReadOnlyDictionary<string, string> CommitInfo { get; init; } = new Dictionary<string, string>();
}
