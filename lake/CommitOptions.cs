namespace ServerlessHub.Lake;

/// <summary>How a change of a table is known again, and what its commit says of it.</summary>
public record CommitOptions
{
    /// <summary>
    /// Who writes: a name that is never given to other work. A repeated write with it does nothing. Empty only where
    /// <see cref="Progress"/> tells what was done.
    /// </summary>
    public required string TransactionId { get; init; }

    /// <summary>
    /// How far the writer has come; a write with the version that the table has, or a lower one, was done before. Work that is done once
    /// has version 1; a stream has its last offset.
    /// </summary>
    public long TransactionVersion { get; init; } = 1;

    /// <summary>The steps that are taken with the commit, all of them or none. A write whose steps the table has all taken was done before.</summary>
    public IReadOnlyList<TransactionProgress> Progress { get; init; } = [];

    /// <summary>
    /// The version of this very table that the change was worked out from, if it was: what was committed since then is a conflict, where
    /// it would be lost otherwise.
    /// </summary>
    public long? ReadVersion { get; init; }

    /// <summary>
    /// What else the log is to say of the commit, such as <c>runId</c>, <c>pipeline</c> and <c>userName</c>; names that the log gives a
    /// meaning, such as <c>timestamp</c> and <c>job</c>, are refused.
    /// </summary>
    public IReadOnlyDictionary<string, string> CommitInfo { get; init; } = new Dictionary<string, string>();

    /// <summary>False for maintenance: it changes no rows, so doing it again does no harm.</summary>
    internal bool IsKnownAgain => TransactionId.Length > 0;

    internal static CommitOptions OfMaintenance(IReadOnlyDictionary<string, string> commitInfo) =>
        new() { TransactionId = "", CommitInfo = commitInfo };
}
