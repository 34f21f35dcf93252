using ServerlessHub.Lake;
using ServerlessHub.Pipelines.Running;

namespace ServerlessHub.Api.Tables;

/// <summary>The tables of a hub root.</summary>
/// <param name="Tables">The tables, by application, layer and name.</param>
/// <param name="Problems">Why others cannot be read, a sentence for each.</param>
public sealed record TableListOutput(IReadOnlyList<TableOutput> Tables, IReadOnlyList<string> Problems)
{
    /// <summary>Reads the logs of tables. One that is damaged does not hide the others.</summary>
    /// <param name="root">The hub root that has them.</param>
    /// <param name="names">The tables.</param>
    /// <param name="cancellation">Ends it.</param>
    public static TableListOutput Of(HubRoot root, IReadOnlyList<TableName> names, CancellationToken cancellation)
    {
        var looks = TableLookout.Each(root, names, name => Look(root, name, cancellation), cancellation);
        return new([.. looks.Select(look => look.Table).OfType<TableOutput>()], [.. looks.Select(look => look.Problem).OfType<string>()]);
    }

    // A folder whose log has no commit yet is a table that is just being made.
    private static (TableOutput? Table, string? Problem) Look(HubRoot root, TableName name, CancellationToken cancellation)
    {
        try
        {
            return (
                new DeltaTable(root.Storage, name.Folder).TryRead(ct: cancellation) is { } now ? TableOutput.Of(name, now) : null,
                null
            );
        }
        catch (LakeException e)
        {
            return (null, TableName.Explain(e));
        }
    }
}

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
/// <param name="ClusteredBy">The columns by which the table says that its rows lie together.</param>
/// <param name="DeletedRows">The rows that are still in data files and are listed as deleted.</param>
/// <param name="Protocol">What a program needs that reads or writes it.</param>
/// <param name="Properties">Its properties.</param>
/// <param name="History">Its latest commits, the last one first.</param>
/// <param name="Warnings">What is wrong with its log and did no harm, a sentence each.</param>
public sealed record TableDetailsOutput(
    TableOutput Table,
    IReadOnlyList<ColumnOutput> Columns,
    IReadOnlyList<string> PartitionedBy,
    IReadOnlyList<string> ClusteredBy,
    long DeletedRows,
    ProtocolOutput Protocol,
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
            snapshot.ClusterColumns,
            snapshot.Files.Sum(file => file.DeletedRows),
            new(snapshot.ReaderVersion, snapshot.WriterVersion, snapshot.Features),
            snapshot.Properties,
            TableHistoryOutput.Of(name, table, CommitsShown).Commits,
            snapshot.Warnings
        );
}

/// <summary>What a program needs that reads or writes a table.</summary>
/// <param name="ReaderVersion">The version of the Delta protocol for reading.</param>
/// <param name="WriterVersion">The version for writing.</param>
/// <param name="Features">The features that it lists.</param>
public sealed record ProtocolOutput(int ReaderVersion, int WriterVersion, IReadOnlyList<string> Features);

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
        new(name.ToString(), [.. table.History(limit).Select(CommitOutput.Of)]);
}

/// <summary>A commit of a table.</summary>
/// <param name="Version">The version it made.</param>
/// <param name="Timestamp">When.</param>
/// <param name="Operation">What was done, such as <c>WRITE</c> or <c>MERGE</c>.</param>
/// <param name="Parameters">How it was done.</param>
/// <param name="Metrics">What it did, in numbers.</param>
/// <param name="By">Who did it, as far as the commit says: a person, else a pipeline or stream, else a program.</param>
/// <param name="RunId">The run that it was part of, if it says so.</param>
/// <param name="Engine">The program that wrote it, if it says so.</param>
public sealed record CommitOutput(
    long Version,
    DateTimeOffset Timestamp,
    string? Operation,
    IReadOnlyDictionary<string, string> Parameters,
    IReadOnlyDictionary<string, string> Metrics,
    string? By,
    string? RunId,
    string? Engine
)
{
    internal static CommitOutput Of(TableVersion version)
    {
        var engine = Said("engineInfo");
        return new(
            version.Version,
            version.Timestamp,
            version.Operation,
            version.Parameters,
            version.Metrics,
            Said("userName") ?? Said("pipeline") ?? Said("stream") ?? engine,
            Said("runId"),
            engine
        );

        string? Said(string name) => version.Info[name]?.ToString() is { Length: > 0 } text ? text : null;
    }
}
