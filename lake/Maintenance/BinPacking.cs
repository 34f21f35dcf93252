namespace ServerlessHub.Lake.Maintenance;

/// <summary>Chooses the files of a partition that are put together: small ones, and ones with many deleted rows.</summary>
internal static class BinPacking
{
    /// <summary>Of so many deleted rows a file is written anew, as Spark does.</summary>
    private const double MaxDeletedRatio = 0.05;

    /// <summary>A query over more files at once takes more memory than they are worth.</summary>
    private const int MaxFiles = 1000;

    /// <summary>Whether a file is worth to be put together with others: one of half the target's size stays as it is.</summary>
    public static bool IsSmall(DataFile file, long target) => file.Size < target / 2;

    /// <summary>Packs them, small ones first, each bin for one new file.</summary>
    public static IEnumerable<FileBin> Pack(IEnumerable<DataFile> partition, long target)
    {
        var bin = new List<DataFile>();
        var size = 0L;
        foreach (var file in partition.Where(file => IsSmall(file, target) || HasManyDeleted(file)).OrderBy(Remaining))
        {
            if (bin.Count > 0 && (size + Remaining(file) > target || bin.Count == MaxFiles))
            {
                if (IsWorthwhile(bin))
                    yield return new(bin, 1);
                (bin, size) = ([], 0);
            }
            bin.Add(file);
            size += Remaining(file);
        }
        if (IsWorthwhile(bin))
            yield return new(bin, 1);
    }

    /// <summary>About how large the file is without its deleted rows.</summary>
    private static long Remaining(DataFile file) => (long)(file.Size * (1 - DeletedRatio(file)));

    private static bool IsWorthwhile(List<DataFile> bin) => bin.Count > 1 || bin.Any(HasManyDeleted);

    private static bool HasManyDeleted(DataFile file) => DeletedRatio(file) > MaxDeletedRatio;

    /// <summary>Of a file that does not say how many rows it has, it is taken to be all of them: written anew, it says so.</summary>
    private static double DeletedRatio(DataFile file) =>
        file.Action.DeletionVector is not { } vector ? 0
        : file.Statistics.Rows is > 0 and var rows ? Math.Min(1, (double)vector.Cardinality / rows)
        : 1;
}
