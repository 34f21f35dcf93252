using ServerlessHub.Streams.Events;

namespace ServerlessHub.Streams.Processing;

/// <summary>Events on their way through the phases: of each partition all that come after one offset, up to another.</summary>
/// <param name="Table">The engine's table or view: the columns of the raw table, and <c>fit</c>, <see cref="JsonFitFunction"/>.</param>
/// <param name="Steps">From where each partition goes, without it, and to where; null for its beginning.</param>
/// <param name="Events">How many there are.</param>
/// <param name="Malformed">How many of them are no JSON objects.</param>
internal sealed record EventSlice(
    string Table,
    IReadOnlyDictionary<SourcePartition, (long? From, long To)> Steps,
    long Events,
    long Malformed = 0
);
