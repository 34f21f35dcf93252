using ServerlessHub.Lake.Log;

namespace ServerlessHub.Lake.Maintenance;

/// <summary>Files of one partition whose rows are written anew, together.</summary>
/// <param name="Files">The files.</param>
/// <param name="Count">Into how many files.</param>
internal sealed record FileBin(IReadOnlyList<DataFile> Files, int Count)
{
    public long Size => Files.Sum(file => file.Size);

    /// <summary>A file of the partition, whose partition values the new ones have, too.</summary>
    public AddFile Sibling => Files[0].Action;
}
