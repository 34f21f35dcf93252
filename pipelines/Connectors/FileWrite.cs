using ServerlessHub.Engine;
using ServerlessHub.Lake.Storage;
using ServerlessHub.Pipelines.Connectors.Csv;

namespace ServerlessHub.Pipelines.Connectors;

/// <summary>
/// Files on their way to their place. They are written aside. The commit begins with a small manifest that says what goes where: from then on the
/// write will be finished, by this process or by the next attempt of the run, and it is found done afterwards.
/// </summary>
internal sealed class FileWrite : OpenedTarget
{
    private static readonly byte[] Done = "{}"u8.ToArray();

    private readonly FilePlan plan;
    private readonly TargetRows rows;
    private readonly RunContext context;
    private readonly FilePlacement placement;
    private readonly bool wasCommitted;
    private readonly bool isIgnored;
    private bool hasBegun;
    private WriteOutcome? outcome;

    /// <summary>Prepares to write; finishes what an earlier attempt of the run had begun to put in place.</summary>
    /// <exception cref="RunException">Something is there that the mode does not let be written over, or a table is.</exception>
    public FileWrite(FilePlan plan, TargetRows rows, RunContext context)
    {
        (this.plan, this.rows, this.context) = (plan, rows, context);
        placement = FilePlacement.Of(plan, context);
        if (TryFinish())
        {
            wasCommitted = true;
            return;
        }
        RefuseTables();
        var isThere = plan.Mode is OnExisting.Error or OnExisting.Ignore && placement.IsThere();
        if (isThere && plan.Mode == OnExisting.Error)
            throw new RunException(
                $"target '{plan.Target}': something is already at '{plan.Text}'",
                "choose another path, or set mode to overwrite, append or ignore"
            );
        isIgnored = isThere;
        placement.Open();
    }

    public override IReadOnlyList<string> Paths => wasCommitted ? [] : [placement.Folder];

    public override bool IsCommitted => wasCommitted;

    private ILakeStorage Storage => context.Root.Storage;

    /// <summary>The manifest of a run's target, relative to the hub root.</summary>
    public static string Manifest(string runId, string target) => $"data/ops/files/{runId}/{target}.json";

    /// <summary>What the names of the files of a run's target begin with.</summary>
    public static string PartName(string runId, string target) => $"part-{runId}-{target}";

    public override void Stage(Connection connection, string sql, IReadOnlyList<Column> columns, CancellationToken cancellation)
    {
        if (isIgnored)
            return;
        var items = rows.Columns.Select(c => IsPartition(c) ? Sql.Identifier(c.Name) : plan.Value(c));
        var options = plan.CopyOptions;
        var name = PartName(context.RunId, plan.Target);
        var to = placement.Fresh;
        if (plan.PartitionBy.Count > 0)
            options +=
                $", PARTITION_BY ({string.Join(", ", plan.PartitionBy.Select(Sql.Identifier))}), "
                + $"FILENAME_PATTERN {Sql.Literal(name + "-{i}")}, FILE_EXTENSION {Sql.Literal(plan.Ending[1..])}";
        else if (!plan.IsSingle)
            to = Path.Combine(Directory.CreateDirectory(to).FullName, name + plan.Ending);
        var query = $"SELECT {string.Join(", ", items)} FROM (\n{rows.Select(sql)}\n)";
        var written = connection.Execute($"COPY (\n{query}\n) TO {Sql.Literal(to)} ({options})", cancellation);
        var files = Written();
        if (plan.CompressAfterwards is { } compression)
            foreach (var file in files)
                TextCompression.Compress(file, compression);
        outcome = new WriteOutcome(written, files.Sum(f => new FileInfo(f).Length), files.Length, null, false);
    }

    public override WriteOutcome Commit(CancellationToken cancellation)
    {
        if (wasCommitted)
            return new WriteOutcome(0, 0, 0, null, true);
        if (isIgnored)
            return new WriteOutcome(0, 0, 0, null, false);
        var steps = placement.Prepare(Written(), cancellation);
        hasBegun = true;
        // Should another attempt of the run be faster, on another machine, then what it wrote is put in place, by both.
        Storage.WriteIfAbsent(Manifest(context.RunId, plan.Target), steps);
        return TryFinish()
            ? outcome!
            : throw new RunException(
                $"target '{plan.Target}': what was uploaded for '{plan.Text}' was replaced by something else before it was in place",
                "let nothing else write there, and run it again",
                isTransient: true
            );
    }

    public override void Dispose()
    {
        if (!wasCommitted && !hasBegun)
            placement.Discard();
        base.Dispose();
    }

    /// <summary>Puts in place what a manifest says, if there is one. One whose files are gone is forgotten, so that they are written again.</summary>
    private bool TryFinish()
    {
        var manifest = Manifest(context.RunId, plan.Target);
        while (Storage.Find(manifest) is { } found && Storage.Read(manifest) is { } steps)
        {
            if (steps.AsSpan().SequenceEqual(Done))
                return true;
            if (placement.TryFinish(steps))
            {
                Storage.TryReplace(manifest, Done, found);
                return true;
            }
            // Another attempt may have finished it meanwhile, and what it put there have been replaced since.
            if (Storage.Find(manifest) == found)
                Storage.Delete(manifest);
        }
        return false;
    }

    private string[] Written() => [.. FilePlacement.Files(placement.Fresh)];

    private bool IsPartition(Column column) => plan.PartitionBy.Contains(column.Name, StringComparer.OrdinalIgnoreCase);

    /// <summary>Files within a table, or over one, would end it.</summary>
    private void RefuseTables()
    {
        if (context.Root.TableAt(plan.Location) is { } table)
            throw new RunException(
                $"target '{plan.Target}': '{plan.Text}' and the table in '{table}' would stand in each other's way",
                "choose a path beside the tables"
            );
    }
}
