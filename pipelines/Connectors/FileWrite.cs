using System.Text.Json;
using ServerlessHub.Engine;
using ServerlessHub.Lake.Storage;
using ServerlessHub.Pipelines.Connectors.Csv;
using ServerlessHub.Pipelines.Running;

namespace ServerlessHub.Pipelines.Connectors;

/// <summary>
/// Files on their way to their place. They are written aside, on the same file system. The commit begins with a small manifest that says what goes
/// where: from then on the write will be finished, by this process or by the next attempt of the run, and it is found done afterwards.
/// </summary>
internal sealed class FileWrite : OpenedTarget
{
    private const string Fresh = "new";
    private const string Replaced = "old";

    private readonly FilePlan plan;
    private readonly TargetRows rows;
    private readonly RunContext context;
    private readonly string aside;
    private readonly string manifest;
    private readonly bool wasCommitted;
    private readonly bool isIgnored;
    private WriteOutcome? outcome;

    /// <summary>Prepares to write; finishes what an earlier attempt of the run had begun to put in place.</summary>
    /// <exception cref="RunException">Something is there that the mode does not let be written over, or a table is.</exception>
    public FileWrite(FilePlan plan, TargetRows rows, RunContext context)
    {
        (this.plan, this.rows, this.context) = (plan, rows, context);
        if (context.Root.IsRemote && RealPath.IsWithin(plan.Location, context.Root.Path))
            throw new RunException(
                $"target '{plan.Target}' writes files, which a hub root in Azure storage does not hold yet",
                "write a Delta table, or to a mounted folder"
            );
        // One run of a pipeline goes on at a time, so what another run of it left aside is nobody's.
        var mine = $".hub-{context.Address.Layer}-{context.Address.Id}-{plan.Target}-";
        aside = Path.Combine(Path.GetDirectoryName(plan.Location)!, mine + context.RunId);
        manifest = $"files/{context.RunId}/{plan.Target}.json";
        if (ReadManifest(context.RunId) is { } begun)
        {
            Finish(begun);
            wasCommitted = true;
            return;
        }
        RefuseTables();
        var isThere = IsThere(plan.Location);
        if (isThere && plan.Mode == OnExisting.Error)
            throw new RunException(
                $"target '{plan.Target}': something is already at '{plan.Text}'",
                "choose another path, or set mode to overwrite, append or ignore"
            );
        isIgnored = isThere && plan.Mode == OnExisting.Ignore;
        ClearAside(mine);
        Directory.CreateDirectory(aside);
    }

    public override IReadOnlyList<string> Paths => wasCommitted ? [] : [aside];

    public override bool IsCommitted => wasCommitted;

    private string New => Path.Combine(aside, Fresh);

    public override void Stage(Connection connection, string sql, IReadOnlyList<Column> columns, CancellationToken cancellation)
    {
        if (isIgnored)
            return;
        var items = rows.Columns.Select(c => IsPartition(c) ? Sql.Identifier(c.Name) : plan.Value(c));
        var options = plan.CopyOptions;
        var name = $"part-{context.RunId}-{plan.Target}";
        var to = New;
        if (plan.PartitionBy.Count > 0)
            options +=
                $", PARTITION_BY ({string.Join(", ", plan.PartitionBy.Select(Sql.Identifier))}), "
                + $"FILENAME_PATTERN {Sql.Literal(name + "-{i}")}, FILE_EXTENSION {Sql.Literal(plan.Ending[1..])}";
        else if (!plan.IsSingle)
            to = Path.Combine(Directory.CreateDirectory(to).FullName, name + plan.Ending);
        var query = $"SELECT {string.Join(", ", items)} FROM (\n{rows.Select(sql)}\n)";
        var written = connection.Execute($"COPY (\n{query}\n) TO {Sql.Literal(to)} ({options})", cancellation);
        var files = Files(New).ToArray();
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
        var storage = new LocalStorage(Path.GetDirectoryName(aside)!);
        storage.Persist([.. Files(New).Select(f => Path.GetRelativePath(Path.GetDirectoryName(aside)!, f))], cancellation);
        var begun = new Manifest(aside, plan.Location, plan.Mode == OnExisting.Append);
        var written = Path.Combine(aside, "manifest.json");
        File.WriteAllBytes(written, JsonSerializer.SerializeToUtf8Bytes(begun));
        new LocalStorage(context.Root.Operations).Replace(manifest, written);
        Finish(begun);
        return outcome!;
    }

    public override void Dispose()
    {
        if (!wasCommitted && ReadManifest(context.RunId) is null && Directory.Exists(aside))
            Directory.Delete(aside, recursive: true);
        base.Dispose();
    }

    /// <summary>Puts in place what is aside. Whatever of it was done before is not done again.</summary>
    private static void Finish(Manifest begun)
    {
        var fresh = Path.Combine(begun.Aside, Fresh);
        if (begun.Appends && Directory.Exists(fresh))
            foreach (var file in Files(fresh))
            {
                var to = Path.Combine(begun.Place, Path.GetRelativePath(fresh, file));
                Directory.CreateDirectory(Path.GetDirectoryName(to)!);
                File.Move(file, to, overwrite: true);
            }
        else if (File.Exists(fresh) || Directory.Exists(fresh))
            Replace(begun, fresh);
        if (Directory.Exists(begun.Aside))
            Directory.Delete(begun.Aside, recursive: true);
    }

    private static void Replace(Manifest begun, string fresh)
    {
        var old = Path.Combine(begun.Aside, Replaced);
        if (File.Exists(fresh) && !Directory.Exists(begun.Place))
        {
            File.Move(fresh, begun.Place, overwrite: true);
            return;
        }
        if (Directory.Exists(begun.Place))
            Directory.Move(begun.Place, old);
        else if (File.Exists(begun.Place))
            File.Move(begun.Place, old);
        if (File.Exists(fresh))
            File.Move(fresh, begun.Place);
        else
            Directory.Move(fresh, begun.Place);
    }

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

    private void ClearAside(string mine)
    {
        var parent = Path.GetDirectoryName(aside)!;
        if (!Directory.Exists(parent))
            return;
        foreach (var left in Directory.EnumerateDirectories(parent, mine + "*"))
            if (ReadManifest(Path.GetFileName(left)[mine.Length..]) is null)
                Directory.Delete(left, recursive: true);
    }

    private Manifest? ReadManifest(string runId)
    {
        var path = Path.Combine(context.Root.Operations, "files", runId, plan.Target + ".json");
        return File.Exists(path) ? JsonSerializer.Deserialize<Manifest>(File.ReadAllBytes(path)) : null;
    }

    private static bool IsThere(string path) =>
        File.Exists(path) || (Directory.Exists(path) && Directory.EnumerateFileSystemEntries(path).Any());

    private static IEnumerable<string> Files(string path) =>
        File.Exists(path) ? [path]
        : Directory.Exists(path) ? Directory.EnumerateFiles(path, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)
        : [];

    private sealed record Manifest(string Aside, string Place, bool Appends);
}
