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
    /// <param name="phase">What the offsets are of, where several write to one table; empty where one does.</param>
    public TableOffsets(DocumentAddress stream, string phase = "") =>
        _prefix = phase.Length == 0 ? $"stream:{stream}:" : $"stream:{stream}:{phase}:";

    /// <summary>How far a table has come with each partition; empty if there is no table.</summary>
    public IReadOnlyDictionary<SourcePartition, long> Of(Snapshot? table) =>
        (table?.TransactionVersions ?? [])
            .Where(applied => applied.Key.StartsWith(_prefix, StringComparison.Ordinal))
            .ToDictionary(applied => SourcePartition.Parse(applied.Key[_prefix.Length..]), applied => applied.Value);

    /// <summary>The step from where a table is to an offset.</summary>
    public TransactionProgress Step(SourcePartition partition, long? from, long to) => new(_prefix + partition, from, to);

    /// <summary>What a commit says of offsets, for people: <c>orders/0: 4711 to 4720, …</c>.</summary>
    public static string Describe(IEnumerable<TransactionProgress> steps) =>
        string.Join(
            ", ",
            steps.Select(s =>
                string.Create(CultureInfo.InvariantCulture, $"{s.Id[(s.Id.LastIndexOf(':') + 1)..]}: {(s.From ?? -1) + 1} to {s.To}")
            )
        );
}
