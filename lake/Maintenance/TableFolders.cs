using ServerlessHub.Lake.Log;
using ServerlessHub.Lake.Storage;

namespace ServerlessHub.Lake.Maintenance;

/// <summary>
/// The folders of a table, and which of their files may be data: names that begin with <c>_</c> or <c>.</c> are hidden and other
/// people's, partition folders and the folder of changes aside. Of the log only what an interrupted writer left of a file is considered, and the sidecars of checkpoints.
/// </summary>
internal sealed class TableFolders(ILakeStorage storage, string table, IReadOnlyList<string> partitionColumns)
{
    private static readonly string[] Shown = ["_change_data", "_delta_index"];

    private readonly string _log = Below(table, LogFileName.Folder);

    /// <summary>Each folder with its files that may go if nobody uses them; a folder comes after those inside of it.</summary>
    public IEnumerable<(string Path, IReadOnlyList<StoredFile> Files)> Walk() =>
        Walk(table == "." ? "" : table)
            .Append(Remains(_log, IsRemainder))
            .Append(Remains($"{_log}/.tmp", _ => true))
            .Append(Remains($"{_log}/{LogFileName.Sidecars}", _ => true));

    private IEnumerable<(string Path, IReadOnlyList<StoredFile> Files)> Walk(string folder)
    {
        foreach (var inner in storage.Folders(folder.Length == 0 ? "." : folder).Where(IsData))
        {
            foreach (var found in Walk(inner))
                yield return found;
        }
        yield return Remains(folder.Length == 0 ? "." : folder, file => !IsHidden(file.Name));
    }

    private (string, IReadOnlyList<StoredFile>) Remains(string folder, Func<StoredFile, bool> isMeant) =>
        (folder, [.. storage.List(folder).Where(isMeant)]);

    /// <summary>Whether a folder belongs to this table; one that is a table of its own does not.</summary>
    private bool IsData(string folder) =>
        !IsHidden(folder[(folder.LastIndexOf('/') + 1)..])
        && !storage.Folders(folder).Any(inner => inner.EndsWith($"/{LogFileName.Folder}", StringComparison.Ordinal));

    private bool IsHidden(string name) =>
        name.StartsWith('.') || name.StartsWith('_')
            ? !Shown.Any(shown => name.StartsWith(shown, StringComparison.Ordinal))
                && !partitionColumns.Any(column => name.StartsWith($"{column}=", StringComparison.Ordinal))
            : false;

    /// <summary>Files come to be under such names before they get their own.</summary>
    private static bool IsRemainder(StoredFile file) => file.Name.StartsWith('.') && file.Name.EndsWith(".tmp", StringComparison.Ordinal);

    private static string Below(string folder, string name) => folder == "." ? name : $"{folder}/{name}";
}
