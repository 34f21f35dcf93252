using System.Globalization;
using ServerlessHub.Engine;
using ServerlessHub.Streams.Events;
using ServerlessHub.Streams.Processing;

namespace ServerlessHub.Streams.Redriving;

/// <summary>Which dead letters are redriven; what is null does not matter.</summary>
/// <param name="Phase">Those of this phase: <c>ingest</c> or <c>flatten</c>.</param>
/// <param name="Reason">Those whose reason has this in it, in capitals or not.</param>
/// <param name="Partition">Those of this partition.</param>
/// <param name="From">Those from this offset on.</param>
/// <param name="To">Those up to this offset, with it.</param>
public sealed record RedriveFilter(
    string? Phase = null,
    string? Reason = null,
    SourcePartition? Partition = null,
    long? From = null,
    long? To = null
)
{
    /// <summary>The condition for rows of the table of dead letters.</summary>
    internal string Condition
    {
        get
        {
            List<string> conditions = ["true"];
            if (Phase is not null)
                conditions.Add($"phase = {Sql.Literal(Phase)}");
            if (Reason is not null)
                conditions.Add($"contains(lower(reason), lower({Sql.Literal(Reason)}))");
            if (Partition is { } partition)
                conditions.Add(EventPlace.OfEvents.Is(partition));
            if (From is { } from)
                conditions.Add(string.Create(CultureInfo.InvariantCulture, $"\"offset\" >= {from}"));
            if (To is { } to)
                conditions.Add(string.Create(CultureInfo.InvariantCulture, $"\"offset\" <= {to}"));
            return string.Join(" AND ", conditions);
        }
    }
}
