namespace ServerlessHub.Streams.Verification;

/// <summary>One thing that was looked at.</summary>
/// <param name="Phase">The phase: <c>ingest</c>, <c>flatten</c>, or <c>summarise</c>.</param>
/// <param name="Table">The table, by its full name.</param>
/// <param name="Partition">The partition, as <c>topic/partition</c>; null where it is of all.</param>
/// <param name="What">What was looked at.</param>
/// <param name="IsProven">Whether it is as it must be.</param>
/// <param name="Detail">What was found, in numbers.</param>
public sealed record StreamCheck(string Phase, string Table, string? Partition, string What, bool IsProven, string Detail);
