namespace ServerlessHub.Lake.Maintenance;

/// <summary>Which files that are no part of a table any more are deleted.</summary>
public sealed record VacuumOptions
{
    /// <summary>
    /// How long ago a file must have been written, and taken out of the table if it was in it. Versions that are older cannot be read
    /// afterwards. Null for <c>delta.deletedFileRetentionDuration</c>, or 7 days.
    /// </summary>
    public TimeSpan? OlderThan { get; init; }

    /// <summary>
    /// Whether it may be less than the table's own property says. Then nobody else may write to the table, or read an older version: a
    /// file that is being written, or read, may be deleted.
    /// </summary>
    public bool Force { get; init; }

    /// <summary>What else the log is to say of it, as in <see cref="CommitOptions.CommitInfo"/>.</summary>
    public IReadOnlyDictionary<string, string> CommitInfo { get; init; } = new Dictionary<string, string>();
}
