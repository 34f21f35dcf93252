using ServerlessHub.Engine;
using ServerlessHub.Lake;
using ServerlessHub.Pipelines.Planning;
using ServerlessHub.Pipelines.Running;

namespace ServerlessHub.Pipelines.Connectors;

/// <summary>Rows on their way into a Delta table, and beside them those that sources could not read, on theirs to its quarantine.</summary>
internal sealed class DeltaWrite : OpenedTarget
{
    private readonly BoundTarget target;
    private readonly TargetRows rows;
    private readonly RunContext context;
    private readonly DeltaTable table;
    private readonly DeltaTable quarantine;
    private readonly string token;
    private readonly bool wasCommitted;
    private readonly List<RepeatableWrite> rejects = [];
    private readonly List<string> warnings = [];
    private RepeatableWrite? written;

    public DeltaWrite(BoundTarget target, TableName name, TargetRows rows, RunContext context)
    {
        (this.target, this.rows, this.context) = (target, rows, context);
        table = LakeTables.Open(context.Root, name);
        var beside = name with { Table = name.Table + "_quarantine" };
        quarantine = LakeTables.Open(context.Root, beside);
        token = context.Token(target.Name);
        wasCommitted = table.TryRead()?.TransactionVersion(token) is not null;
        Paths = [.. table.AllowedPaths, .. quarantine.AllowedPaths];
    }

    public override IReadOnlyList<string> Paths { get; }

    public override bool IsCommitted => wasCommitted;

    public override bool TakesRejects => true;

    public override void Stage(Connection connection, string sql, IReadOnlyList<Column> columns, CancellationToken cancellation)
    {
        var select = rows.Select(sql);
        written = new RepeatableWrite(() => table.Stage(connection, select, Options(), cancellation));
    }

    public override void StageRejects(Connection connection, string sql, CancellationToken cancellation)
    {
        // Several sources may feed the table; each is a write of its own to the quarantine.
        var options = new WriteOptions { TransactionId = $"{token}/rejects{rejects.Count}", CommitInfo = Info() };
        var select = $"SELECT *, CAST({Sql.Literal(context.RunId)} AS VARCHAR) AS run_id FROM (\n{sql}\n)";
        rejects.Add(new RepeatableWrite(() => quarantine.Stage(connection, select, options, cancellation)));
    }

    public override WriteOutcome Commit(CancellationToken cancellation)
    {
        // The rejects first: whoever sees the rows can see what is missing from them.
        foreach (var rejected in rejects)
            Commit(rejected, $"the quarantine of {target.Element["table"]}", cancellation);
        if (written is null)
            return new WriteOutcome(0, 0, 0, table.TryRead(ct: cancellation)?.Version, true) { Warnings = warnings };
        return Commit(written, $"table {target.Element["table"]}", cancellation) switch
        {
            CommitResult.Committed committed => Outcome(committed.Version, false),
            var before => Outcome(((CommitResult.AlreadyCommitted)before).Version, true),
        };
    }

    /// <summary>Commits it, or finds it committed.</summary>
    /// <exception cref="RunException">Others were faster each time.</exception>
    private CommitResult Commit(RepeatableWrite write, string what, CancellationToken cancellation)
    {
        var result = write.Commit(cancellation);
        if (result is CommitResult.Conflicted conflicted)
            throw new RunException(
                $"{what} was changed by others {RepeatableWrite.MaxAttempts} times while this run wrote it: {conflicted.Reason}",
                "run it again, or keep its writers apart",
                isTransient: true
            );
        if (result is CommitResult.Committed { Warning: { } warning })
            warnings.Add($"{what}: {warning}");
        return result;
    }

    public override void Dispose()
    {
        written?.Dispose();
        foreach (var rejected in rejects)
            rejected.Dispose();
        // A folder that was only made to be allowed for is not left behind.
        foreach (var path in Paths.Where(p => Directory.Exists(p) && !Directory.EnumerateFileSystemEntries(p).Any()))
            Directory.Delete(path);
        base.Dispose();
    }

    private WriteOptions Options() =>
        new()
        {
            Mode = target.Element["mode"] switch
            {
                "overwrite" => target.Element.Has("partitionBy") ? WriteMode.OverwritePartitions : WriteMode.Overwrite,
                "merge" => WriteMode.Merge,
                TableHistory.Mode => WriteMode.History,
                _ => WriteMode.Append,
            },
            PartitionBy = target.Element.Names("partitionBy"),
            Keys = target.Element.Names("keys"),
            DeleteWhen = target.Expressions.GetValueOrDefault("deleteWhen")?.Sql,
            History = IsHistory ? TableHistory.Options(target.Element, target.Dataset.Columns, context) : new(),
            TransactionId = token,
            EvolveSchema = target.Element.IsTrue("evolve"),
            Schema = rows.Schema is { } schema ? Declared(schema) : null,
            CommitInfo = Info(),
        };

    private IReadOnlyList<TableColumn> Declared(Definitions.Schemas.TableSchema schema) =>
        [
            .. schema.Columns.Select(c => new TableColumn(c.Name, c.Type, c.IsNullable, c.Doc)),
            .. rows.Columns.Skip(schema.Columns.Count).Select(c => new TableColumn(c.Name, c.Type)),
            .. IsHistory ? TableHistory.Columns : [],
        ];

    private bool IsHistory => target.Element["mode"] == TableHistory.Mode;

    private Dictionary<string, string> Info() =>
        new()
        {
            ["runId"] = context.RunId,
            ["pipeline"] = context.Address.ToString(),
            // The business date: who waits for tables of one day finds it here, before the run's record is there.
            ["runDate"] = context.Values.Text("runDate") ?? "",
            ["target"] = target.Name,
        };

    private WriteOutcome Outcome(long version, bool already)
    {
        var metrics = written!.Metrics;
        var detail = new Dictionary<string, long>();
        if (target.Element["mode"] == "merge" && !already)
            (detail["inserted"], detail["updated"], detail["deleted"]) = (
                metrics.RowsInserted,
                metrics.RowsUpdated,
                metrics.RowsDeleted ?? 0
            );
        if (IsHistory && !already)
            (detail["inserted"], detail["closed"], detail["late"]) = (metrics.RowsInserted, metrics.RowsUpdated, metrics.RowsLate);
        return new WriteOutcome(already ? 0 : metrics.RowsIn, metrics.BytesAdded, metrics.FilesAdded, version, already)
        {
            Detail = detail,
            Warnings = warnings,
        };
    }
}
