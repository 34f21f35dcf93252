using ServerlessHub.Engine;
using ServerlessHub.Lake;
using ServerlessHub.Pipelines.Definitions;
using ServerlessHub.Pipelines.Running;

namespace ServerlessHub.Pipelines.Connectors;

/// <summary>A Delta table opened at one version: for sources and for lookups.</summary>
internal sealed class LakeReader(Snapshot snapshot, IReadOnlyList<DataFile>? only) : OpenedSource
{
    private SnapshotScan? scan;

    /// <inheritdoc/>
    public override IReadOnlyList<string> ReadPaths => snapshot.DataFilePaths;

    /// <inheritdoc/>
    public override int Files => (only ?? snapshot.Files).Count;

    /// <inheritdoc/>
    public override long? Bytes => (only ?? snapshot.Files).Sum(f => f.Size);

    /// <inheritdoc/>
    public override bool IsCheapToReread => true;

    /// <summary>The columns of the table that an attribute names; reports and returns null where there is none.</summary>
    public static IReadOnlyList<Column>? Describe(
        Element element,
        string attribute,
        (long? Version, DateTimeOffset? Timestamp) moment,
        ConnectorContext context
    )
    {
        var text = element[attribute]!;
        var at = element.LocationOf(attribute);
        if (TableName.Parse(text, context.Address.App) is not { } name)
        {
            context.Findings.Add(Rule.BadValue, at, $"'{text}' is no table", "write layer.table or app.layer.table");
            return null;
        }
        try
        {
            if (LakeTables.Open(context.Root, name).TryRead(moment.Version, moment.Timestamp) is { } snapshot)
                return LakeTables.Columns(snapshot);
            // A table that another pipeline has yet to make is no mistake of this document.
            var near = NearestName.Hint(text, LakeTables.Known(context.Root, context.Address.App));
            if (near is null && !context.Values.IsKnown("runId"))
                context.Findings.Add(Rule.NotChecked, at, $"there is no table {name} yet, so what depends on it could not be checked");
            else
                context.Findings.Add(Rule.UnknownTable, at, $"there is no table {name}", near ?? "run the pipeline that makes it first");
        }
        catch (LakeException e)
        {
            context.Findings.Add(Rule.UnknownTable, at, TableName.Explain(e));
        }
        return null;
    }

    /// <summary>Opens the table for a run.</summary>
    /// <exception cref="RunException">There is none.</exception>
    public static Snapshot Read(string table, (long? Version, DateTimeOffset? Timestamp) moment, ConnectorContext context) =>
        LakeTables.Open(context.Root, TableName.Parse(table, context.Address.App)!).TryRead(moment.Version, moment.Timestamp)
        ?? throw new RunException($"there is no table {table}", "run the pipeline that makes it first");

    /// <summary>The files that were added to a table since a version.</summary>
    /// <exception cref="RunException">Files were taken out as well, so that the rows that changed cannot be told.</exception>
    public static IReadOnlyList<DataFile> Added(string table, long? since, Snapshot now, ConnectorContext context)
    {
        if (since is not { } version)
            return now.Files;
        var before = Read(table, (version, null), context).Files.Select(f => f.Identity).ToHashSet();
        if (!before.IsSubsetOf(now.Files.Select(f => f.Identity)))
            throw new RunException(
                $"table {table} was rewritten since version {version}, so the rows that changed cannot be told from those that stayed",
                "read it without changes=\"true\", or let it only be appended to"
            );
        return [.. now.Files.Where(f => !before.Contains(f.Identity))];
    }

    /// <inheritdoc/>
    public override void Attach(Connection connection) => scan = Scan(connection);

    /// <inheritdoc/>
    public override string Relation(IReadOnlyList<Column> columns) => $"(\n{(scan ??= Scan(null)).Sql}\n) AS t";

    /// <inheritdoc/>
    public override void Dispose()
    {
        scan?.Dispose();
        base.Dispose();
    }

    private SnapshotScan Scan(Connection? connection) => only is null ? snapshot.Scan(connection) : snapshot.Scan(connection, only);
}
