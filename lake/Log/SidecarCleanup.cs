using ServerlessHub.Lake.Storage;

namespace ServerlessHub.Lake.Log;

/// <summary>Deletes sidecar files that no checkpoint names any more: the end of the protocol's metadata cleanup.</summary>
internal sealed class SidecarCleanup(ILakeStorage storage, string table, TimeProvider time)
{
    public void Run()
    {
        var files = storage.List($"{table}/{LogFileName.Folder}/{LogFileName.Sidecars}");
        if (files.Count == 0)
            return;
        // A checkpoint that is being written names its sidecars last.
        var cutOff = new DateTimeOffset(time.GetUtcNow().AddDays(-1).UtcDateTime.Date, TimeSpan.Zero);
        var old = files.Where(file => file.Modified < cutOff).ToList();
        if (old.Count == 0)
            return;
        var used = new TableLog(storage, table).SidecarPaths().ToHashSet();
        foreach (var file in old.Where(file => !used.Contains(file.Path)))
            storage.Delete(file.Path);
    }
}
