using System.Text.Json;
using ServerlessHub.Lake.Storage;

namespace ServerlessHub.Pipelines.Connectors;

/// <summary>On a disk files are written aside, on the same file system, and renamed.</summary>
internal sealed class DiskPlacement : FilePlacement
{
    private const string New = "new";
    private const string Replaced = "old";

    private readonly FilePlan plan;
    private readonly RunContext context;
    private readonly string parent;
    private readonly string mine;

    public DiskPlacement(FilePlan plan, RunContext context)
    {
        (this.plan, this.context) = (plan, context);
        parent = Path.GetDirectoryName(plan.Location)!;
        // One run of a pipeline goes on at a time, so what another run of it left aside is nobody's.
        mine = $".hub-{context.Address.Layer}-{context.Address.Id}-{plan.Target}-";
        Folder = Path.Combine(parent, mine + context.RunId);
    }

    public override string Folder { get; }

    public override string Fresh => Path.Combine(Folder, New);

    public override bool IsThere() =>
        File.Exists(plan.Location) || (Directory.Exists(plan.Location) && Directory.EnumerateFileSystemEntries(plan.Location).Any());

    public override void Open()
    {
        if (Directory.Exists(parent))
            foreach (var left in Directory.EnumerateDirectories(parent, mine + "*"))
                if (context.Root.Storage.Find(FileWrite.Manifest(Path.GetFileName(left)[mine.Length..], plan.Target)) is null)
                    Directory.Delete(left, recursive: true);
        Directory.CreateDirectory(Folder);
    }

    public override byte[] Prepare(IReadOnlyList<string> files, CancellationToken cancellation)
    {
        Persist(files, cancellation);
        return JsonSerializer.SerializeToUtf8Bytes(
            new Steps(Folder, plan.Location, plan.Mode == OnExisting.Append) { Machine = Environment.MachineName }
        );
    }

    public override bool TryFinish(byte[] manifest)
    {
        var steps = JsonSerializer.Deserialize<Steps>(manifest)!;
        if (context.Root.IsRemote && steps.Machine != Environment.MachineName && !Directory.Exists(steps.Aside))
            throw new RunException(
                $"target '{plan.Target}': the machine '{steps.Machine}' had begun to write '{plan.Text}', a folder of its own",
                "run it there once more"
            );
        var fresh = Path.Combine(steps.Aside, New);
        if (steps.Appends && Directory.Exists(fresh))
            Persist(Append(steps, fresh), CancellationToken.None);
        else if (File.Exists(fresh) || Directory.Exists(fresh))
        {
            Replace(steps, fresh);
            Persist([.. Files(steps.Place)], CancellationToken.None);
        }
        if (Directory.Exists(steps.Aside))
            Directory.Delete(steps.Aside, recursive: true);
        return true;
    }

    public override void Discard()
    {
        if (Directory.Exists(Folder))
            Directory.Delete(Folder, recursive: true);
    }

    private static List<string> Append(Steps steps, string fresh)
    {
        var moved = new List<string>();
        foreach (var file in Files(fresh))
        {
            var to = Path.Combine(steps.Place, Path.GetRelativePath(fresh, file));
            Directory.CreateDirectory(Path.GetDirectoryName(to)!);
            File.Move(file, to, overwrite: true);
            moved.Add(to);
        }
        return moved;
    }

    private static void Replace(Steps steps, string fresh)
    {
        var old = Path.Combine(steps.Aside, Replaced);
        if (File.Exists(fresh) && !Directory.Exists(steps.Place))
        {
            File.Move(fresh, steps.Place, overwrite: true);
            return;
        }
        if (Directory.Exists(steps.Place))
            Directory.Move(steps.Place, old);
        else if (File.Exists(steps.Place))
            File.Move(steps.Place, old);
        if (File.Exists(fresh))
            File.Move(fresh, steps.Place);
        else
            Directory.Move(fresh, steps.Place);
    }

    private void Persist(IReadOnlyList<string> files, CancellationToken cancellation) =>
        new LocalStorage(parent).Persist([.. files.Select(file => Path.GetRelativePath(parent, file))], cancellation);

    private sealed record Steps(string Aside, string Place, bool Appends)
    {
        public string? Machine { get; init; }
    }
}
