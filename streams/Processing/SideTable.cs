using ServerlessHub.Lake;
using ServerlessHub.Pipelines.Running;

namespace ServerlessHub.Streams.Processing;

/// <summary>
/// A table of what does not go on: dead letters, late rows. It is written before the table whose progress decides what is done again, so a batch that
/// is repeated finds there what it has put aside.
/// </summary>
internal sealed class SideTable(StreamEngine engine, TableName name, TableOffsets offsets, EventPlace place)
{
    /// <summary>Whether columns that the table does not have are added to it.</summary>
    public bool EvolveSchema { get; init; }

    /// <summary>Adds rows of a slice, but those that the table has already.</summary>
    /// <param name="slice">The slice that they are of.</param>
    /// <param name="rows">A query for them, given the condition for those that are missing.</param>
    /// <param name="ct">Ends it.</param>
    public void Append(EventSlice slice, Func<string, string> rows, CancellationToken ct)
    {
        var table = engine.Table(name);
        while (true)
        {
            var (steps, missing) = offsets.Missing(slice, table.TryRead(ct: ct), place);
            if (steps.Count == 0)
                return;
            var options = new WriteOptions
            {
                TransactionId = "",
                Progress = steps,
                EvolveSchema = EvolveSchema,
                CommitInfo = engine.CommitInfo(steps),
            };
            // Another process may be writing rows of other partitions, or of these.
            if (table.Write(engine.Connection, rows(missing), options, ct).Result is not CommitResult.Conflicted)
                return;
        }
    }
}
