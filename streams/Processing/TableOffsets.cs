using System.Globalization;
using ServerlessHub.Lake;
using ServerlessHub.Pipelines.Running;
using ServerlessHub.Streams.Events;

namespace ServerlessHub.Streams.Processing;

/// <summary>
/// How far a stream's tables have come, as their logs say: for each partition a transaction whose version is the last offset that the table has
/// taken. It is committed with the rows.
/// </summary>
internal sealed class TableOffsets
{
    private readonly string _prefix;

    /// <param name="stream">The stream.</param>
    /// <param name="phase">What the offsets are of, where several phases write to one table.</param>
    public TableOffsets(DocumentAddress stream, string phase = "events") => _prefix = $"stream:{stream}:{phase}:";

    /// <summary>How far a table has come with each partition; empty if there is no table.</summary>
    public IReadOnlyDictionary<SourcePartition, long> Of(Snapshot? table) =>
        (table?.TransactionVersions ?? [])
            .Where(applied => applied.Key.StartsWith(_prefix, StringComparison.Ordinal))
            .ToDictionary(applied => SourcePartition.Parse(applied.Key[_prefix.Length..]), applied => applied.Value);

    /// <summary>How far that is for one partition; null if it was never read.</summary>
    public static long? At(IReadOnlyDictionary<SourcePartition, long> reached, SourcePartition partition) =>
        reached.TryGetValue(partition, out var offset) ? offset : null;

    /// <summary>Whether steps begin where a table is.</summary>
    public static bool Begins(
        IReadOnlyDictionary<SourcePartition, (long? From, long To)> steps,
        IReadOnlyDictionary<SourcePartition, long> reached
    ) => steps.All(step => At(reached, step.Key) == step.Value.From);

    /// <summary>What of a slice a table does not have yet: the steps to take, and the condition for its rows.</summary>
    /// <param name="slice">The slice.</param>
    /// <param name="table">The table; null if it is not there.</param>
    /// <param name="place">The columns that tell which event a row is of.</param>
    public (IReadOnlyList<TransactionProgress> Steps, string Condition) Missing(EventSlice slice, Snapshot? table, EventPlace place)
    {
        var reached = Of(table);
        TransactionProgress[] steps =
        [
            .. slice
                .Steps.Select(s => (s.Key, From: At(reached, s.Key), s.Value.To))
                .Where(s => s.From is null || s.From < s.To)
                .Select(s => Step(s.Key, s.From, s.To)),
        ];
        var ahead = slice
            .Steps.Where(s => At(reached, s.Key) > (s.Value.From ?? -1))
            .Select(s => $"NOT {place.UpTo(s.Key, reached[s.Key])}")
            .ToArray();
        return (steps, ahead.Length == 0 ? "true" : string.Join(" AND ", ahead));
    }

    /// <summary>The step from where a table is to an offset.</summary>
    public TransactionProgress Step(SourcePartition partition, long? from, long to) => new(_prefix + partition, from, to);

    /// <summary>Whether a step is one of these offsets.</summary>
    public bool Has(TransactionProgress step) => step.Id.StartsWith(_prefix, StringComparison.Ordinal);

    /// <summary>What a commit says of offsets, for people: <c>orders/0: 4711 to 4720, …</c>.</summary>
    public static string Describe(IEnumerable<TransactionProgress> steps) =>
        string.Join(
            ", ",
            steps.Select(s =>
                string.Create(CultureInfo.InvariantCulture, $"{s.Id[(s.Id.LastIndexOf(':') + 1)..]}: {(s.From ?? -1) + 1} to {s.To}")
            )
        );

    /// <summary>Reads what <see cref="Describe"/> wrote: each partition, and the first and last offset.</summary>
    public static IEnumerable<(string Partition, long First, long Last)> Read(string description)
    {
        foreach (var step in description.Split(", "))
        {
            var colon = step.LastIndexOf(": ", StringComparison.Ordinal);
            var bounds = step[(colon + 2)..].Split(" to ");
            yield return (
                step[..colon],
                long.Parse(bounds[0], CultureInfo.InvariantCulture),
                long.Parse(bounds[1], CultureInfo.InvariantCulture)
            );
        }
    }
}
