using System.Text.Json;
using ServerlessHub.Lake.Storage;
using ServerlessHub.Pipelines.Running;

namespace ServerlessHub.Pipelines.Connectors;

/// <summary>
/// In Azure storage files are uploaded under their final names in parts that nobody sees; then each is made of its parts, whole, and what it
/// replaces is deleted last.
/// </summary>
internal sealed class BlobPlacement(FilePlan plan, RunContext context, RemoteFolder remote) : FilePlacement
{
    private readonly string place = remote.PathOf(plan.Location)!;

    public override string Folder { get; } = Path.Combine(context.WorkFolder, "files", plan.Target);

    public override string Fresh => Path.Combine(Folder, "new");

    public override bool IsThere() => remote.Storage.Find(place) is not null || remote.Storage.ListBelow(place).Count > 0;

    public override void Open() => Directory.CreateDirectory(Folder);

    public override byte[] Prepare(IReadOnlyList<string> files, CancellationToken cancellation)
    {
        var comes = remote.Storage.Prepare([.. files.Select(file => (file, PlaceOf(file)))], cancellation);
        var stays = comes.Select(file => file.Path).ToHashSet();
        return JsonSerializer.SerializeToUtf8Bytes(new Steps(place, comes, [.. There().Where(path => !stays.Contains(path))]));
    }

    public override bool TryFinish(byte[] manifest)
    {
        var steps = JsonSerializer.Deserialize<Steps>(manifest)!;
        // Where folders are real ones, a file and a folder of one name cannot be there together.
        var goesFirst = steps.Goes.Contains(steps.Place) || (steps.Comes is [var only] && only.Path == steps.Place);
        if (goesFirst)
            Delete(steps.Goes);
        if (!steps.Comes.All(remote.Storage.TryPublish))
            return false;
        if (!goesFirst)
            Delete(steps.Goes);
        return true;
    }

    public override void Discard()
    {
        if (Directory.Exists(Folder))
            Directory.Delete(Folder, recursive: true);
    }

    private string PlaceOf(string file) =>
        file == Fresh ? place : $"{place}/{Path.GetRelativePath(Fresh, file).Replace(Path.DirectorySeparatorChar, '/')}";

    /// <summary>What is at the place now that must go: all of it, or what an earlier attempt of this run put there.</summary>
    private IEnumerable<string> There()
    {
        var files = remote
            .Storage.ListBelow(place)
            .Where(file =>
                plan.Mode != OnExisting.Append
                || file.Name.StartsWith(FileWrite.PartName(context.RunId, plan.Target), StringComparison.Ordinal)
            );
        var paths = files.Select(file => file.Path);
        return plan.Mode != OnExisting.Append && remote.Storage.Find(place) is not null ? paths.Prepend(place) : paths;
    }

    private void Delete(IEnumerable<string> paths)
    {
        foreach (var path in paths)
            remote.Storage.Delete(path);
    }

    private sealed record Steps(string Place, IReadOnlyList<PreparedFile> Comes, IReadOnlyList<string> Goes);
}
