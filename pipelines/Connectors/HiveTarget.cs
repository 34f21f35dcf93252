using ServerlessHub.Engine;
using ServerlessHub.Lake;
using ServerlessHub.Pipelines.Definitions;
using ServerlessHub.Pipelines.Planning;
using ServerlessHub.Pipelines.Running;

namespace ServerlessHub.Pipelines.Connectors;

/// <summary><c>hive</c>, also spelt <c>table</c>: a Delta table of the lake.</summary>
public sealed class HiveTarget : TargetKind
{
    private const string RunIdColumn = "_run_id";
    private const string LoadedAtColumn = "_loaded_at";

    /// <inheritdoc/>
    public override ElementSpec Spec { get; } =
        new("hive", "Writes a Delta table of the lake. It is made by the first write; a later one must fit it.")
        {
            Aliases = ["table"],
            Attributes =
            [
                .. CommonAttributes,
                new("table", AttributeKind.Table, "The table: `layer.table`.") { Required = true },
                new(
                    "mode",
                    AttributeKind.Choice,
                    "What happens to the rows that are there: they stay, they all go, or those with the keys of a new row are replaced."
                )
                {
                    Choices = ["append", "overwrite", "merge"],
                    Default = "append",
                },
                new("keys", AttributeKind.Columns, "With `merge`: the columns by which a row is found again."),
                new(
                    "deleteWhen",
                    AttributeKind.Expression,
                    "With `merge`: where it is true of the incoming row, the row it matches is deleted, and none is inserted."
                ),
                new(
                    "partitionBy",
                    AttributeKind.Columns,
                    "The columns by whose values the table's files are kept apart. With `overwrite`, only the partitions that are written are replaced, all at once."
                ),
                new("format", AttributeKind.Choice, "How the table is stored.") { Choices = ["delta"], Default = "delta" },
                new("evolve", AttributeKind.Boolean, "Whether columns that the table does not have are added to it.") { Default = "false" },
                new(
                    "loadColumns",
                    AttributeKind.Boolean,
                    $"Adds the columns `{RunIdColumn}` and `{LoadedAtColumn}`, which say which run wrote a row, and when."
                )
                {
                    Default = "false",
                },
            ],
            Example = """<hive table="staging.customer" mode="merge" keys="customer_id"/>""",
        };

    /// <inheritdoc/>
    protected internal override void Check(Element target, Dataset dataset, ConnectorContext context)
    {
        var rows = TargetRows.Of(target, dataset, context);
        if (TableName.Parse(target["table"]!, context.Address.App) is not { } name)
        {
            context.Findings.Add(Rule.BadValue, target.LocationOf("table"), $"'{target["table"]}' is no table", "write layer.table");
            return;
        }
        if (name.App != context.Address.App)
            context.Findings.Add(
                Rule.Unsupported,
                target.LocationOf("table"),
                $"a pipeline of '{context.Address.App}' writes no table of '{name.App}'"
            );
        if (target["mode"] == "merge" && !target.Has("keys"))
            context.Findings.Add(
                Rule.ConflictingAttributes,
                target.LocationOf("mode"),
                "a merge needs keys to find rows by",
                "add keys=\"…\""
            );
        foreach (var only in new[] { "keys", "deleteWhen" }.Where(a => target.Has(a) && target["mode"] != "merge"))
            context.Findings.Add(
                Rule.ConflictingAttributes,
                target.LocationOf(only),
                $"{only} belongs to mode=\"merge\", but the mode is {target["mode"]}"
            );
        if (rows is null)
            return;
        var columns = WithLoadColumns(rows.Columns, target);
        foreach (var attribute in new[] { "keys", "partitionBy" })
        foreach (var column in target.Names(attribute).Where(n => !columns.Any(c => c.Name.Equals(n, StringComparison.OrdinalIgnoreCase))))
            context.Findings.Add(
                Rule.UnknownColumn,
                target.LocationOf(attribute),
                $"what is written has no column '{column}'",
                NearestName.Hint(column, columns.Select(c => c.Name)) ?? BindScope.Known("columns", columns.Select(c => c.Name))
            );
    }

    /// <inheritdoc/>
    protected internal override string Place(Element target, ConnectorContext context) =>
        $"table {TableName.Parse(target["table"]!, context.Address.App)?.ToString() ?? target["table"]}";

    /// <inheritdoc/>
    protected internal override OpenedTarget Open(BoundTarget target, RunContext context)
    {
        var name = TableName.Parse(target.Element["table"]!, context.Address.App)!;
        return new OpenedHive(target, name, TargetRows.Of(target.Element, target.Dataset, context)!, context);
    }

    private static IReadOnlyList<Column> WithLoadColumns(IReadOnlyList<Column> columns, Element target) =>
        target.IsTrue("loadColumns")
            ? [.. columns, new(RunIdColumn, LogicalType.Varchar), new(LoadedAtColumn, LogicalType.TimestampTz)]
            : columns;

    private sealed class OpenedHive : OpenedTarget
    {
        private const int MaximumAttempts = 5;
        private readonly BoundTarget target;
        private readonly TargetRows rows;
        private readonly RunContext context;
        private readonly DeltaTable table;
        private readonly DeltaTable quarantine;
        private readonly string token;
        private readonly bool wasCommitted;
        private StagedWrite? staged;
        private StagedWrite? rejects;
        private Func<StagedWrite>? stage;

        public OpenedHive(BoundTarget target, TableName name, TargetRows rows, RunContext context)
        {
            (this.target, this.rows, this.context) = (target, rows, context);
            table = LakeTables.Open(context.Root, name);
            quarantine = LakeTables.Open(context.Root, name with { Table = name.Table + "_quarantine" });
            token = context.Token(target.Name);
            wasCommitted = table.TryRead()?.TransactionVersion(token) is not null;
            Paths = [Made(context.Root.Locate(name.Folder)), Made(context.Root.Locate(name.Folder + "_quarantine"))];
        }

        public override IReadOnlyList<string> Paths { get; }

        public override bool IsCommitted => wasCommitted;

        public override bool TakesRejects => true;

        public override void Stage(Connection connection, string sql, IReadOnlyList<Column> columns, CancellationToken cancellation)
        {
            var select = rows.Select(sql);
            if (target.Element.IsTrue("loadColumns"))
                select =
                    $"SELECT *, CAST({Sql.Literal(context.RunId)} AS VARCHAR) AS {RunIdColumn}, "
                    + $"CAST({Sql.Literal(context.Values.RunTime.ToString("O"))} AS TIMESTAMPTZ) AS {LoadedAtColumn} FROM (\n{select}\n)";
            stage = () => table.Stage(connection, select, Options(), cancellation);
            staged = stage();
        }

        public override void StageRejects(Connection connection, string sql, CancellationToken cancellation) =>
            rejects = quarantine.Stage(
                connection,
                $"SELECT *, CAST({Sql.Literal(context.RunId)} AS VARCHAR) AS run_id FROM (\n{sql}\n)",
                new WriteOptions { TransactionId = token, CommitInfo = Info() },
                cancellation
            );

        public override WriteOutcome Commit(CancellationToken cancellation)
        {
            // The rejects first: whoever sees the rows can see what is missing from them.
            if (rejects?.Commit(cancellation) is CommitResult.Conflicted conflict)
                throw new RunException(
                    $"the quarantine of {target.Element["table"]} could not be written: {conflict.Reason}",
                    isTransient: true
                );
            if (staged is null)
                return new WriteOutcome(0, 0, 0, table.TryRead(ct: cancellation)?.Version, true);
            for (var attempt = 1; ; attempt++)
                switch (staged.Commit(cancellation))
                {
                    case CommitResult.Committed committed:
                        return Outcome(committed.Version, false);
                    case CommitResult.AlreadyCommitted before:
                        return Outcome(before.Version, true);
                    case CommitResult.Conflicted conflicted when attempt == MaximumAttempts:
                        throw new RunException(
                            $"table {target.Element["table"]} was changed by others {attempt} times while this run wrote it: {conflicted.Reason}",
                            "run it again, or keep its writers apart",
                            isTransient: true
                        );
                    default:
                        staged.Dispose();
                        staged = stage!();
                        break;
                }
        }

        public override void Dispose()
        {
            staged?.Dispose();
            rejects?.Dispose();
            // A folder that was only made to be allowed for is not left behind.
            foreach (var path in Paths.Where(p => Directory.Exists(p) && !Directory.EnumerateFileSystemEntries(p).Any()))
                Directory.Delete(path);
            base.Dispose();
        }

        private static string Made(string folder) => Directory.CreateDirectory(folder).FullName;

        private WriteOptions Options() =>
            new()
            {
                Mode = target.Element["mode"] switch
                {
                    "overwrite" => target.Element.Has("partitionBy") ? WriteMode.OverwritePartitions : WriteMode.Overwrite,
                    "merge" => WriteMode.Merge,
                    _ => WriteMode.Append,
                },
                PartitionBy = target.Element.Names("partitionBy"),
                Keys = target.Element.Names("keys"),
                DeleteWhen = target.Expressions.GetValueOrDefault("deleteWhen")?.Sql,
                TransactionId = token,
                EvolveSchema = target.Element.IsTrue("evolve"),
                Schema = rows.Schema is { } schema ? Declared(schema) : null,
                CommitInfo = Info(),
            };

        private IReadOnlyList<TableColumn> Declared(Definitions.Schemas.TableSchema schema) =>
            [
                .. schema.Columns.Select(c => new TableColumn(c.Name, c.Type, c.IsNullable, c.Doc)),
                .. WithLoadColumns([], target.Element).Select(c => new TableColumn(c.Name, c.Type)),
            ];

        private Dictionary<string, string> Info() =>
            new()
            {
                ["runId"] = context.RunId,
                ["pipeline"] = context.Address.ToString(),
                ["target"] = target.Name,
            };

        private WriteOutcome Outcome(long version, bool already)
        {
            var metrics = staged!.Metrics;
            var detail = new Dictionary<string, long>();
            if (target.Element["mode"] == "merge" && !already)
                (detail["inserted"], detail["updated"], detail["deleted"]) = (
                    metrics.RowsInserted,
                    metrics.RowsUpdated,
                    metrics.RowsDeleted ?? 0
                );
            return new WriteOutcome(already ? 0 : metrics.RowsIn, metrics.BytesAdded, metrics.FilesAdded, version, already)
            {
                Detail = detail,
            };
        }
    }
}
