using ServerlessHub.Orchestrations.Runs;

namespace ServerlessHub.Orchestrations.Jobs;

/// <summary>How a node ended, as far as the conditions of later nodes may ask. What it does not have, such as the rows of an approval, is null.</summary>
/// <param name="Status">Where it stands.</param>
/// <param name="RowsRead">The rows its sources gave.</param>
/// <param name="RowsWritten">The rows its targets took.</param>
/// <param name="RejectedRows">The rows that were set aside as bad.</param>
/// <param name="Seconds">How long it took.</param>
/// <param name="Attempts">How many attempts there were.</param>
public sealed record NodeOutcome(
    NodeStatus Status,
    long? RowsRead = null,
    long? RowsWritten = null,
    long? RejectedRows = null,
    double? Seconds = null,
    int? Attempts = null
);
