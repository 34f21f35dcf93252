using System.Globalization;

namespace ServerlessHub.Orchestrations.Runs;

/// <summary>
/// The order of the history, newest first: by the time at which runs were accepted, to the microsecond, which is what tables keep, and by their ids
/// where that is the same. A place in it is also the cursor that the next page begins after.
/// </summary>
/// <param name="Micros">Microseconds since 1970.</param>
/// <param name="RunId">The run.</param>
internal readonly record struct RunOrder(long Micros, string RunId) : IComparable<RunOrder>
{
    private const char Separator = '~';

    public static RunOrder Of(JobRun run) => new((run.Queued - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond, run.RunId);

    /// <summary>The newest run comes first.</summary>
    public static int NewestFirst(JobRun left, JobRun right) => Of(right).CompareTo(Of(left));

    /// <exception cref="ArgumentException">The text is no cursor.</exception>
    public static RunOrder Parse(string cursor) =>
        cursor.IndexOf(Separator, StringComparison.Ordinal) is > 0 and var at
        && long.TryParse(cursor.AsSpan(0, at), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var micros)
        && Math.Abs(micros) < DateTimeOffset.MaxValue.Ticks / TimeSpan.TicksPerMicrosecond / 4
            ? new(micros, cursor[(at + 1)..])
            : throw new ArgumentException(
                $"'{cursor}' is no cursor of the history: take the one that the page before gave.",
                nameof(cursor)
            );

    public DateTimeOffset Queued => DateTimeOffset.UnixEpoch.AddMicroseconds(Micros);

    public int CompareTo(RunOrder other) =>
        Micros.CompareTo(other.Micros) is not 0 and var order ? order : string.CompareOrdinal(RunId, other.RunId);

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Micros}{Separator}{RunId}");
}
