using System.Globalization;
using System.Text.Json.Nodes;

namespace ServerlessHub.Lake.Log;

/// <summary>
/// When the versions of a table were made: by what each commit says of itself, from the version on at which the table began to keep that
/// (the protocol's in-commit timestamps), before that by the clock of the storage.
/// </summary>
internal sealed class CommitTimes(TableLog log, TableMetadata metadata)
{
    /// <summary>The property with the version from which on commits say when they were made; none if all do.</summary>
    public const string SinceVersion = "delta.inCommitTimestampEnablementVersion";

    /// <summary>The property with the time of that version.</summary>
    public const string SinceTime = "delta.inCommitTimestampEnablementTimestamp";

    private readonly long _since =
        !metadata.IsSet("delta.enableInCommitTimestamps") ? long.MaxValue
        : long.TryParse(metadata.Property(SinceVersion), CultureInfo.InvariantCulture, out var version) ? version
        : 0;

    private readonly DateTimeOffset _sinceTime = long.TryParse(metadata.Property(SinceTime), CultureInfo.InvariantCulture, out var time)
        ? DateTimeOffset.FromUnixTimeMilliseconds(time)
        : DateTimeOffset.MinValue;

    /// <summary>When a version was made.</summary>
    /// <param name="version">The version.</param>
    /// <param name="modified">The time that the storage gives.</param>
    /// <param name="actions">Its commit, if that was read already; a commit that is gone tells no time.</param>
    /// <exception cref="LakeException">The commit is damaged.</exception>
    public DateTimeOffset Of(long version, DateTimeOffset modified, IReadOnlyList<LogAction>? actions = null) =>
        version >= _since
        && (actions ?? log.TryReadCommit(version))?.Select(action => action.CommitInfo?["inCommitTimestamp"]).FirstOrDefault(IsTime)
            is { } time
            ? DateTimeOffset.FromUnixTimeMilliseconds(time.GetValue<long>())
            : InMilliseconds(modified);

    /// <summary>
    /// The newest version that was there at a time, or null if the table is younger. A clock of the storage that went back does not reorder
    /// versions: each counts as made at least a millisecond after the one before.
    /// </summary>
    /// <param name="commits">All commits, in order, with the storage's times.</param>
    /// <param name="timestamp">The time.</param>
    /// <exception cref="LakeException">A commit is damaged.</exception>
    public long? VersionAt(IReadOnlyList<(long Version, DateTimeOffset Timestamp)> commits, DateTimeOffset timestamp) =>
        _since < long.MaxValue && timestamp >= _sinceTime
            ? ByCommits([.. commits.Where(commit => commit.Version >= _since)], timestamp)
            : ByStorage(commits.Where(commit => commit.Version < _since), timestamp);

    /// <summary>When a version counts as made, after one that was made at another time, if only the storage tells.</summary>
    /// <param name="latest">When the version before it was made.</param>
    /// <param name="version">The version.</param>
    /// <param name="modified">The time that the storage gives.</param>
    /// <param name="actions">Its commit.</param>
    public DateTimeOffset After(DateTimeOffset latest, long version, DateTimeOffset modified, IReadOnlyList<LogAction> actions) =>
        Of(version, modified, actions) is var made && version >= _since ? made : After(latest, made);

    private static DateTimeOffset After(DateTimeOffset latest, DateTimeOffset made) => made > latest ? made : latest.AddMilliseconds(1);

    private static long? ByStorage(IEnumerable<(long Version, DateTimeOffset Timestamp)> commits, DateTimeOffset timestamp)
    {
        long? found = null;
        var latest = DateTimeOffset.MinValue;
        foreach (var (version, made) in commits)
        {
            latest = After(latest, InMilliseconds(made));
            if (latest <= timestamp)
                found = version;
        }
        return found;
    }

    /// <summary>The times that commits have in them only grow, so few are read.</summary>
    private long? ByCommits(List<(long Version, DateTimeOffset Timestamp)> commits, DateTimeOffset timestamp)
    {
        var (first, end) = (0, commits.Count);
        while (first < end)
        {
            var middle = (first + end) / 2;
            if (Of(commits[middle].Version, commits[middle].Timestamp) <= timestamp)
                first = middle + 1;
            else
                end = middle;
        }
        return first == 0 ? null : commits[first - 1].Version;
    }

    /// <summary>As other readers tell it, and as a user gives it back who was told: a version is there at the time that is said of it.</summary>
    private static DateTimeOffset InMilliseconds(DateTimeOffset time) =>
        DateTimeOffset.FromUnixTimeMilliseconds(time.ToUnixTimeMilliseconds());

    private static bool IsTime(JsonNode? node) => node is JsonValue value && value.TryGetValue<long>(out _);
}
