using ServerlessHub.Engine;
using ServerlessHub.Lake.Log;
using ServerlessHub.Lake.Reading;

namespace ServerlessHub.Lake.Writing;

/// <summary>A condition on the rows of a table, and the files that may hold a row for which it is true.</summary>
internal sealed class RowPredicate
{
    private readonly FilePruning? _pruning;

    /// <param name="table">The table's path.</param>
    /// <param name="connection">Takes the condition apart.</param>
    /// <param name="condition">The condition; null for all rows.</param>
    /// <param name="before">The table; null if there is none yet.</param>
    /// <exception cref="LakeException">The condition is no expression on the table's columns.</exception>
    public RowPredicate(string table, Connection connection, string? condition, Snapshot? before)
    {
        if (before is null)
            return;
        var ranges = condition is null ? [] : ConditionRanges.Of(connection, condition, before.Schema);
        _pruning = new(before.Schema, before.PartitionColumns, ranges);
        Candidates = [.. before.Files.Where(_pruning.MayHold)];
        if (condition is not null)
            RequireBoolean(table, connection, condition, before);
    }

    public IReadOnlyList<DataFile> Candidates { get; } = [];

    public bool MayHold(AddFile file) => _pruning?.MayHold(new DataFile(file)) ?? true;

    private static void RequireBoolean(string table, Connection connection, string condition, Snapshot before)
    {
        try
        {
            using var nothing = before.Scan(connection, Array.Empty<DataFile>());
            using var statement = connection.Prepare($"SELECT (\n{condition}\n) FROM ({nothing.Sql}) AS target");
            if (statement.Columns[0].Type.Kind is not (TypeKind.Boolean or TypeKind.Null))
                throw new LakeException(
                    table,
                    $"the condition {condition} is {statement.Columns[0].Type}, not true or false.",
                    before.Version
                );
        }
        catch (EngineException e)
        {
            throw new LakeException(table, $"the condition {condition} is not one on its columns: {e.Message}", before.Version, cause: e);
        }
    }
}
