using System.Text.Json;
using ICSharpCode.SharpZipLib.BZip2;
using ServerlessHub.Engine;
using ServerlessHub.Pipelines.Planning;

namespace ServerlessHub.Pipelines.Connectors;

/// <summary>
/// Files on their way to their place. They are written aside, on the same file system. The commit begins with a small manifest that says what goes
/// where: from then on the write will be finished, by this process or by the next attempt of the run, and it is found done afterwards.
/// </summary>
internal sealed class FileWrite : OpenedTarget
{
    private readonly FileTarget kind;
    private readonly BoundTarget target;
    private readonly TargetRows rows;
    private readonly RunContext context;
    private readonly string place;
    private readonly string aside;
    private readonly string manifest;
    private readonly bool wasCommitted;
    private readonly bool isIgnored;
    private WriteOutcome? outcome;

    public FileWrite(FileTarget kind, BoundTarget target, TargetRows rows, RunContext context)
    {
        (this.kind, this.target, this.rows, this.context) = (kind, target, rows, context);
        place = context.Root.Target(target.Element["path"]!, context.Address).Location;
        aside = Path.Combine(Path.GetDirectoryName(place)!, $".hub-{context.RunId}-{target.Name}");
        manifest = Path.Combine(context.Root.Operations, "files", context.RunId, target.Name + ".json");
        if (File.Exists(manifest))
        {
            Finish(JsonSerializer.Deserialize<Manifest>(File.ReadAllBytes(manifest))!);
            wasCommitted = true;
            return;
        }
        if (Directory.Exists(aside))
            Directory.Delete(aside, recursive: true);
        var isThere = IsThere(place);
        if (isThere && target.Element["mode"] == "error")
            throw new RunException(
                $"target '{target.Name}': something is already at '{target.Element["path"]}'",
                "choose another path, or set mode to overwrite, append or ignore"
            );
        isIgnored = isThere && target.Element["mode"] == "ignore";
        Directory.CreateDirectory(aside);
    }

    public override IReadOnlyList<string> Paths => wasCommitted ? [] : [aside];

    public override bool IsCommitted => wasCommitted;

    private string Mode => target.Element["mode"]!;

    private bool IsSingle => target.Element.IsTrue("singleFile");

    public override void Stage(Connection connection, string sql, IReadOnlyList<Column> columns, CancellationToken cancellation)
    {
        if (isIgnored)
            return;
        var compression = target.Element["compression"]!;
        var partitions = target.Element.Names("partitionBy");
        var items = rows.Columns.Select(c => partitions.Contains(c.Name) ? Sql.Identifier(c.Name) : kind.Value(c));
        var options = kind.CopyOptions(target.Element);
        if (kind.EngineCompression(compression) is { } engine)
            options += $", COMPRESSION {engine}";
        var name = $"part-{context.RunId}";
        var to = Path.Combine(aside, "new");
        if (partitions.Count > 0)
            options +=
                $", PARTITION_BY ({string.Join(", ", partitions.Select(Sql.Identifier))}), FILENAME_PATTERN {Sql.Literal(name + "-{i}")}, FILE_EXTENSION {Sql.Literal(Ending(compression)[1..])}";
        else if (!IsSingle)
            to = Path.Combine(Directory.CreateDirectory(to).FullName, name + Ending(compression));
        var written = connection.Execute(
            $"COPY (SELECT {string.Join(", ", items)} FROM (\n{rows.Select(sql)}\n)) TO {Sql.Literal(to)} ({options})",
            cancellation
        );
        if (kind.EngineCompression(compression) is null)
            foreach (var file in Files(Path.Combine(aside, "new")))
                Compress(file);
        var files = Files(Path.Combine(aside, "new")).ToArray();
        outcome = new WriteOutcome(written, files.Sum(f => new FileInfo(f).Length), files.Length, null, false);
    }

    public override WriteOutcome Commit(CancellationToken cancellation)
    {
        if (wasCommitted)
            return new WriteOutcome(0, 0, 0, null, true);
        if (isIgnored)
            return new WriteOutcome(0, 0, 0, null, false);
        foreach (var file in Files(Path.Combine(aside, "new")))
            Flush(file);
        var plan = new Manifest(aside, place, Mode == "append");
        Directory.CreateDirectory(Path.GetDirectoryName(manifest)!);
        using (var stream = new FileStream(manifest + ".new", FileMode.Create))
        {
            JsonSerializer.Serialize(stream, plan);
            stream.Flush(flushToDisk: true);
        }
        File.Move(manifest + ".new", manifest, overwrite: true);
        Finish(plan);
        return outcome!;
    }

    public override void Dispose()
    {
        if (!wasCommitted && !File.Exists(manifest) && Directory.Exists(aside))
            Directory.Delete(aside, recursive: true);
        base.Dispose();
    }

    /// <summary>Puts in place what is aside. Whatever of it was done before is not done again.</summary>
    private static void Finish(Manifest plan)
    {
        var fresh = Path.Combine(plan.Aside, "new");
        var old = Path.Combine(plan.Aside, "old");
        if (plan.Appends && Directory.Exists(fresh))
            foreach (var file in Files(fresh))
            {
                var to = Path.Combine(plan.Place, Path.GetRelativePath(fresh, file));
                Directory.CreateDirectory(Path.GetDirectoryName(to)!);
                File.Move(file, to, overwrite: true);
            }
        else if (File.Exists(fresh))
        {
            if (Directory.Exists(plan.Place))
                Directory.Move(plan.Place, old);
            File.Move(fresh, plan.Place, overwrite: true);
        }
        else if (Directory.Exists(fresh))
        {
            if (Directory.Exists(plan.Place))
                Directory.Move(plan.Place, old);
            else if (File.Exists(plan.Place))
                File.Move(plan.Place, old);
            Directory.Move(fresh, plan.Place);
        }
        if (Directory.Exists(plan.Aside))
            Directory.Delete(plan.Aside, recursive: true);
    }

    private static bool IsThere(string path) =>
        File.Exists(path) || (Directory.Exists(path) && Directory.EnumerateFileSystemEntries(path).Any());

    private static IEnumerable<string> Files(string path) =>
        File.Exists(path) ? [path]
        : Directory.Exists(path) ? Directory.EnumerateFiles(path, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)
        : [];

    private static void Flush(string file)
    {
        using var stream = new FileStream(file, FileMode.Open, FileAccess.ReadWrite);
        stream.Flush(flushToDisk: true);
    }

    private static void Compress(string file)
    {
        using (var from = File.OpenRead(file))
        using (var to = File.Create(file + ".aside"))
            BZip2.Compress(from, to, isStreamOwner: false, level: 9);
        File.Move(file + ".aside", file, overwrite: true);
    }

    private string Ending(string compression) =>
        kind.Ending
        + (
            kind is ParquetTarget
                ? ""
                : compression switch
                {
                    "gzip" => ".gz",
                    "zstd" => ".zst",
                    "bzip2" => ".bz2",
                    _ => "",
                }
        );

    private sealed record Manifest(string Aside, string Place, bool Appends);
}
