using ServerlessHub.Lake;
using ServerlessHub.Pipelines.Running;

namespace ServerlessHub.Api.Tables;

/// <summary>The tables of a hub root.</summary>
/// <param name="Tables">The tables, by application, layer and name.</param>
public sealed record TableListOutput(IReadOnlyList<TableOutput> Tables);

/// <summary>A table of the lake.</summary>
/// <param name="Table">Its name in full: <c>app.layer.table</c>.</param>
/// <param name="Path">Its folder, relative to the hub root.</param>
/// <param name="Version">Its latest version, from 0.</param>
/// <param name="Rows">Its rows, as far as its log tells.</param>
/// <param name="Files">Its data files.</param>
/// <param name="Bytes">Their size.</param>
/// <param name="LastCommit">When the latest version was made.</param>
public sealed record TableOutput(string Table, string Path, long Version, long? Rows, int Files, long Bytes, DateTimeOffset LastCommit)
{
    /// <summary>The table as a snapshot has it.</summary>
    public static TableOutput Of(TableName name, Snapshot snapshot) =>
        new(
            name.ToString(),
            name.Folder,
            snapshot.Version,
            snapshot.Rows,
            snapshot.Files.Count,
            snapshot.Files.Sum(f => f.Size),
            snapshot.Timestamp
        );
}

/// <summary>A table with its columns and latest commits.</summary>
/// <param name="Table">The table.</param>
/// <param name="Columns">Its columns, in order.</param>
/// <param name="PartitionedBy">The columns by whose values its rows are kept in files of their own.</param>
/// <param name="Properties">Its properties.</param>
/// <param name="History">Its latest commits, the last one first.</param>
/// <param name="Warnings">What is wrong with its log and did no harm, a sentence each.</param>
public sealed record TableDetailsOutput(
    TableOutput Table,
    IReadOnlyList<ColumnOutput> Columns,
    IReadOnlyList<string> PartitionedBy,
    IReadOnlyDictionary<string, string?> Properties,
    IReadOnlyList<CommitOutput> History,
    IReadOnlyList<string> Warnings
)
{
    private const int CommitsShown = 10;

    /// <summary>A table as a snapshot has it, with its latest commits.</summary>
    /// <exception cref="LakeException">The log is damaged.</exception>
    public static TableDetailsOutput Of(TableName name, Snapshot snapshot, DeltaTable table) =>
        new(
            TableOutput.Of(name, snapshot),
            [.. snapshot.Columns.Select(c => new ColumnOutput(c.Name, TypeText.Full(c.Type), c.Nullable, c.Comment))],
            snapshot.PartitionColumns,
            snapshot.Properties,
            TableHistoryOutput.Of(name, table, CommitsShown).Commits,
            snapshot.Warnings
        );
}

/// <summary>A column.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">Its type, as a document writes it.</param>
/// <param name="Nullable">Whether it may be null.</param>
/// <param name="Comment">What stands about it in the table.</param>
public sealed record ColumnOutput(string Name, string Type, bool Nullable, string? Comment);

/// <summary>What was done to a table.</summary>
/// <param name="Table">The table's name in full.</param>
/// <param name="Commits">Its commits, the latest first.</param>
public sealed record TableHistoryOutput(string Table, IReadOnlyList<CommitOutput> Commits)
{
    /// <summary>The latest commits of a table.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="table">The table.</param>
    /// <param name="limit">How many at most.</param>
    /// <exception cref="LakeException">The log is damaged.</exception>
    public static TableHistoryOutput Of(TableName name, DeltaTable table, int limit) =>
        new(name.ToString(), [.. table.History().OrderByDescending(v => v.Version).Take(limit).Select(CommitOutput.Of)]);
}

/// <summary>A commit of a table.</summary>
/// <param name="Version">The version it made.</param>
/// <param name="Timestamp">When.</param>
/// <param name="Operation">What was done, such as <c>WRITE</c> or <c>MERGE</c>.</param>
/// <param name="Parameters">How it was done.</param>
/// <param name="Metrics">What it did, in numbers.</param>
public sealed record CommitOutput(
    long Version,
    DateTimeOffset Timestamp,
    string? Operation,
    IReadOnlyDictionary<string, string> Parameters,
    IReadOnlyDictionary<string, string> Metrics
)
{
    internal static CommitOutput Of(TableVersion version) =>
        new(version.Version, version.Timestamp, version.Operation, version.Parameters, version.Metrics);
}
