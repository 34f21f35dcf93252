using ServerlessHub.Orchestrations.Runs;
using ServerlessHub.Pipelines.Running;

namespace ServerlessHub.Host.Output;

/// <summary>What <c>hub runs undo --json</c> prints.</summary>
/// <param name="RunId">The run.</param>
/// <param name="IsDone">Whether it was undone, rather than only looked at or refused.</param>
/// <param name="Tables">The tables, in the order in which they are restored.</param>
/// <param name="Stays">Where else the run wrote, which stays as it is: files and databases.</param>
/// <param name="Readers">The pipelines that read one of the tables, as <c>app/layer/id</c>: what they have made of its rows stays, until they run again.</param>
/// <param name="Refusals">Why it cannot be undone, with the names; empty if it can.</param>
internal sealed record UndoOutput(
    string RunId,
    bool IsDone,
    IReadOnlyList<UndoneTable> Tables,
    IReadOnlyList<string> Stays,
    IReadOnlyList<string> Readers,
    IReadOnlyList<string> Refusals
)
{
    public static UndoOutput Of(UndoPlan plan, bool isDone) =>
        new(plan.RunId, isDone, [.. plan.Tables.Select(UndoneTable.Of)], plan.Others, plan.Readers, plan.Refusals);
}

/// <summary>What undoing a run does to a table.</summary>
/// <param name="Table">The table's name in full.</param>
/// <param name="Commits">The versions that the run made.</param>
/// <param name="Version">The version it had when this was worked out.</param>
/// <param name="RestoresTo">The version whose rows it gets; absent where the run made the table, which is emptied.</param>
/// <param name="WasDone">Whether it had been undone before.</param>
internal sealed record UndoneTable(string Table, IReadOnlyList<long> Commits, long Version, long? RestoresTo, bool WasDone)
{
    public static UndoneTable Of(TableUndo table) =>
        new(TableName.OfFolder(table.Table)?.ToString() ?? table.Table, table.Commits, table.Now, table.RestoresTo, table.IsDone);
}
