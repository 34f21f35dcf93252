namespace ServerlessHub.Lake.Log;

/// <summary>Tells whether the steps of a commit can still be taken.</summary>
internal static class ProgressCheck
{
    /// <summary>How a write ends whose steps do not begin where the table is; null if all of them do.</summary>
    /// <param name="table">The table as it is; null if there is none.</param>
    /// <param name="progress">The steps.</param>
    public static CommitResult? Against(Snapshot? table, IReadOnlyList<TransactionProgress> progress)
    {
        if (progress.All(step => table?.TransactionVersion(step.Id) == step.From))
            return null;
        if (table is not null && progress.All(step => table.TransactionVersion(step.Id) >= step.To))
            return new CommitResult.AlreadyCommitted(progress.Max(step => table.State.Transactions[step.Id].TableVersion));
        var other = progress.First(step => table?.TransactionVersion(step.Id) != step.From);
        return new CommitResult.Conflicted(table?.Version ?? -1, Taken(other, table?.TransactionVersion(other.Id)));
    }

    /// <summary>Why a commit that came first is in the way of the steps; null if it is not.</summary>
    public static string? Against(IReadOnlyList<LogAction> winner, IReadOnlyList<TransactionProgress> progress) =>
        progress
            .Select(step => winner.FirstOrDefault(action => action.Txn?.AppId == step.Id)?.Txn is { } txn ? Taken(step, txn.Version) : null)
            .FirstOrDefault(reason => reason is not null);

    private static string Taken(TransactionProgress step, long? reached) =>
        $"'{step.Id}' has come to {reached?.ToString() ?? "nothing"}, not to {step.From?.ToString() ?? "nothing"}";
}
