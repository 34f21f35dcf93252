using ServerlessHub.Engine;
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
        new("hive", "Writes a table of the lake. It is made by the first write; a later one must fit it.")
        {
            Aliases = ["table"],
            Attributes =
            [
                .. CommonAttributes,
                new("table", AttributeKind.Table, "The table: `layer.table`.") { Required = true },
                new(
                    "mode",
                    AttributeKind.Choice,
                    "What happens to the rows that are there: they stay, they all go, or those with the keys of a new row are replaced. With `scd2` those stay as history: "
                        + "`valid_from`, `valid_to` and `is_current` say when a row held, and a row that is not newer than the current one of its keys is left out."
                )
                {
                    Choices = ["append", "overwrite", "merge", TableHistory.Mode],
                    Default = "append",
                },
                new("keys", AttributeKind.Columns, "With `merge` and `scd2`: the columns by which a row is found again."),
                new(
                    "since",
                    AttributeKind.Columns,
                    "With `scd2`: the column with the time from which a row holds; without it rows hold from the time of the run on."
                ),
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
                new(
                    "format",
                    AttributeKind.Choice,
                    "How the table is stored: as a Delta table, or as a mere folder of Parquet files, which has no versions, cannot be merged into and is read as files."
                )
                {
                    Choices = ["delta", "parquet", "orc"],
                    Default = "delta",
                },
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
        CheckMode(target, context.Findings);
        CheckFormat(target, context.Findings);
        if (rows is null)
            return;
        if (IsHistory(target))
            TableHistory.Check(target, dataset.Columns, context.Findings);
        var columns = WithLoadColumns(rows.Columns, target);
        foreach (var attribute in new[] { "keys", "since", "partitionBy" })
        foreach (var column in target.Names(attribute).Where(n => !columns.Any(c => c.Name.Equals(n, StringComparison.OrdinalIgnoreCase))))
            context.Findings.Add(
                Rule.UnknownColumn,
                target.LocationOf(attribute),
                $"what is written has no column '{column}'",
                NearestName.Hint(column, columns.Select(c => c.Name)) ?? BindScope.Known("columns", columns.Select(c => c.Name))
            );
        if (IsDelta(target))
            TableFit.Check(target, name, columns, context);
        else
            CheckFolder(target, name, context);
    }

    /// <inheritdoc/>
    protected internal override string Place(Element target, ConnectorContext context) =>
        $"table {TableName.Parse(target["table"]!, context.Address.App)?.ToString() ?? target["table"]}";

    /// <inheritdoc/>
    protected internal override bool KeepsRejects(Element target) => IsDelta(target);

    /// <inheritdoc/>
    protected internal override OpenedTarget Open(BoundTarget target, RunContext context)
    {
        var name = TableName.Parse(target.Element["table"]!, context.Address.App)!;
        var rows = TargetRows.Of(target.Element, target.Dataset, context)!;
        if (target.Element.IsTrue("loadColumns"))
            rows = rows.With(
                (new Column(RunIdColumn, LogicalType.Varchar), Sql.Literal(context.RunId)),
                (new Column(LoadedAtColumn, LogicalType.TimestampTz), Sql.Literal(context.Values.RunTime.ToString("O")))
            );
        return IsDelta(target.Element)
            ? new DeltaWrite(target, name, rows, context)
            : new FileWrite(ParquetPlan(target, name, context), rows, context);
    }

    private static bool IsDelta(Element target) => target["format"] == "delta";

    private static bool IsHistory(Element target) => target["mode"] == TableHistory.Mode;

    private static void CheckMode(Element target, Diagnostics findings)
    {
        var finds = target["mode"] == "merge" || IsHistory(target);
        if (finds && !target.Has("keys"))
            findings.Add(Rule.ConflictingAttributes, target.LocationOf("mode"), "a merge needs keys to find rows by", "add keys=\"…\"");
        foreach (
            var (attribute, mode, isOf) in new[]
            {
                ("keys", "merge", finds),
                ("deleteWhen", "merge", target["mode"] == "merge"),
                ("since", TableHistory.Mode, IsHistory(target)),
            }
        )
            if (target.Has(attribute) && !isOf)
                findings.Add(
                    Rule.ConflictingAttributes,
                    target.LocationOf(attribute),
                    $"{attribute} belongs to mode=\"{mode}\", but the mode is {target["mode"]}"
                );
    }

    private static void CheckFormat(Element target, Diagnostics findings)
    {
        var at = target.LocationOf("format");
        if (target["format"] == "orc")
            findings.Add(Rule.Unsupported, at, "tables are not stored as ORC", "use delta, or parquet for engines that read files");
        if (target["format"] != "parquet")
            return;
        if (target["mode"] is "merge" or TableHistory.Mode)
            findings.Add(
                Rule.Unsupported,
                target.LocationOf("mode"),
                "a folder of Parquet files cannot be merged into",
                "use format=\"delta\""
            );
        if (target["mode"] == "overwrite" && target.Has("partitionBy"))
            findings.Add(
                Rule.Unsupported,
                target.LocationOf("partitionBy"),
                "the partitions of a folder of Parquet files cannot be replaced all at once",
                "use format=\"delta\""
            );
        if (target.IsTrue("evolve"))
            findings.Add(
                Rule.Unsupported,
                target.LocationOf("evolve"),
                "a folder of Parquet files has no schema of its own",
                "leave out evolve"
            );
    }

    private static void CheckFolder(Element target, TableName name, ConnectorContext context)
    {
        var at = target.LocationOf("table");
        try
        {
            if (context.Root.TableAt(LakeTables.Locate(context.Root, name)) is not null)
                context.Findings.Add(Rule.PathRefused, at, $"{name} is a Delta table", "write it as one, or make another table");
        }
        catch (RunException e)
        {
            context.Findings.Add(Rule.PathRefused, at, e.Message, e.Hint);
        }
    }

    private static FilePlan ParquetPlan(BoundTarget target, TableName name, RunContext context) =>
        new(
            target.Name,
            name.Folder,
            LakeTables.Locate(context.Root, name),
            ".parquet",
            "FORMAT parquet, COMPRESSION zstd",
            c => Sql.Identifier(c.Name)
        )
        {
            Mode = Enum.Parse<OnExisting>(target.Element["mode"]!, ignoreCase: true),
            PartitionBy = target.Element.Names("partitionBy"),
        };

    private static IReadOnlyList<Column> WithLoadColumns(IReadOnlyList<Column> columns, Element target) =>
        target.IsTrue("loadColumns")
            ? [.. columns, new(RunIdColumn, LogicalType.Varchar), new(LoadedAtColumn, LogicalType.TimestampTz)]
            : columns;
}
