using ServerlessHub.Engine;
using ServerlessHub.Pipelines.Definitions;
using ServerlessHub.Pipelines.Definitions.Schemas;
using ServerlessHub.Pipelines.Planning;

namespace ServerlessHub.Pipelines.Connectors.Databases;

/// <summary>A query of a database that a run reads.</summary>
internal sealed class OpenedDatabase : OpenedSource
{
    private readonly DatabaseSession session;
    private readonly DatabaseQuery query;
    private readonly IReadOnlyList<Column> found;
    private readonly TableSchema? schema;
    private readonly Element source;
    private readonly RunContext context;
    private readonly Watermark? pending;
    private DatabaseRows? rows;

    public OpenedDatabase(
        DatabaseSession session,
        DatabaseQuery query,
        IReadOnlyList<Column> found,
        TableSchema? schema,
        IReadOnlyList<Column> columns,
        Element source,
        RunContext context
    )
    {
        (this.session, this.query, this.found, this.schema, this.source, this.context) = (session, query, found, schema, source, context);
        if (source["incremental"] is not { } incremental)
            return;
        KeptColumn = Watermark.ColumnOf(incremental, schema, columns);
        pending = context.State.Repeats<Watermark>(source["id"]!);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<string> ReadPaths => rows?.Paths ?? [];

    /// <inheritdoc/>
    public override bool IsSinglePass => rows?.Function is not null;

    /// <inheritdoc/>
    public override bool IsCheapToReread => !IsSinglePass;

    /// <inheritdoc/>
    public override string? FunctionName => rows?.Function;

    /// <inheritdoc/>
    public override string? KeptColumn { get; }

    /// <inheritdoc/>
    public override void Attach(Connection connection) => rows = session.Read(connection, query, found, source.Number("fetchSize"));

    /// <inheritdoc/>
    public override string Relation(IReadOnlyList<Column> columns)
    {
        var wanted = pending is null ? columns : columns.Concat([Kept]).DistinctBy(c => c.Name);
        var items = wanted.Select(c =>
            $"CAST({(Stored(c) is { } there ? Sql.Identifier(there.Name) : "NULL")} AS {c.Type}) AS {Sql.Identifier(c.Name)}"
        );
        var select = $"SELECT {string.Join(", ", items)} FROM {rows?.Relation ?? Unattached}";
        return pending is null ? $"({select}) AS d" : $"(SELECT * FROM ({select}) WHERE {IsRepeated(pending)}) AS d";
    }

    /// <inheritdoc/>
    public override ReadOutcome Finish(Connection connection)
    {
        if (KeptColumn is not null)
            context.State.Advance(source["id"]!, pending ?? Highest(connection));
        return ReadOutcome.Clean;
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        session.Dispose();
        base.Dispose();
    }

    /// <summary>What stands for the rows in a plan that is only shown, where nothing is attached.</summary>
    private string Unattached => $"database({Sql.Literal(query.Sql)})";

    private Column Kept => new(KeptColumn!, Stored(new Column(KeptColumn!, LogicalType.Unknown))!.Type);

    private Column? Stored(Column column) =>
        schema?.Columns.FirstOrDefault(c => c.Name == column.Name) is { } declared
            ? SourceDrift.Find(declared, found)
            : found.FirstOrDefault(f => f.Name == column.Name);

    /// <summary>Whether a row is one that the run that is repeated has read: what came since is left for the next.</summary>
    private string IsRepeated(Watermark until)
    {
        var column = Sql.Identifier(KeptColumn!);
        return until.Value is null ? $"{column} IS NULL" : $"({column} <= {until.Literal(Kept.Type)}) IS NOT FALSE";
    }

    private Watermark Highest(Connection connection)
    {
        using var result = connection.Query($"SELECT max({Sql.Identifier(KeptColumn!)}) FROM {PlanCompiler.TableName(source["id"]!)}");
        return result.Rows().First()[0] is { } value
            ? new Watermark(ParameterValue.Write(value))
            : context.State.Done<Watermark>(source["id"]!) ?? new Watermark((string?)null);
    }
}
