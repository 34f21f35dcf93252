using System.Text.Json;

namespace ServerlessHub.Lake.Maintenance;

/// <summary>
/// Chooses the files of a partition whose rows are put in the order of a curve. What was ordered at one time is a cluster, and says so in
/// its files' tags; a new one takes the files that are in none, and older clusters that are not much larger than what it has. So each row
/// is written again only as often as the partition doubles.
/// </summary>
internal static class Clusters
{
    /// <summary>The names that other Delta writers give these tags.</summary>
    private const string IdTag = "ZCUBE_ID";
    private const string ColumnsTag = "ZCUBE_ZORDER_BY";
    private const string CurveTag = "ZCUBE_ZORDER_CURVE";
    private const string Curve = "hilbert";

    /// <summary>The rows of a cluster are sorted at once, on disk if need be; a larger partition has several.</summary>
    private const long MaxSize = 16L << 30;

    /// <summary>What the files of a new cluster say.</summary>
    public static Dictionary<string, string?> Tags(IReadOnlyList<string> columns) =>
        new()
        {
            [IdTag] = Guid.NewGuid().ToString(),
            [ColumnsTag] = JsonSerializer.Serialize(columns),
            [CurveTag] = Curve,
        };

    public static IEnumerable<FileBin> Choose(IEnumerable<DataFile> partition, IReadOnlyList<string> columns, long target)
    {
        var files = partition.ToList();
        var clusters = files.GroupBy(file => Cluster(file, columns)).ToList();
        var taken = clusters.Where(cluster => cluster.Key is null).SelectMany(cluster => cluster).ToList();
        if (taken.Count == 0)
            return [];
        var size = taken.Sum(file => file.Size);
        foreach (var cluster in clusters.Where(cluster => cluster.Key is not null).OrderBy(cluster => cluster.Sum(file => file.Size)))
        {
            var more = cluster.Sum(file => file.Size);
            if (more > 2 * size || more + size > MaxSize)
                break;
            taken.AddRange(cluster);
            size += more;
        }
        return Split(taken).Select(bin => new FileBin(bin, (int)Math.Max(1, (bin.Sum(file => file.Size) + (target / 2)) / target)));
    }

    private static IEnumerable<List<DataFile>> Split(List<DataFile> files)
    {
        var bin = new List<DataFile>();
        var size = 0L;
        foreach (var file in files)
        {
            if (bin.Count > 0 && size + file.Size > MaxSize)
            {
                yield return bin;
                (bin, size) = ([], 0);
            }
            bin.Add(file);
            size += file.Size;
        }
        yield return bin;
    }

    /// <summary>The cluster of these columns that a file belongs to; null if to none, or no longer, since rows of it were deleted.</summary>
    private static string? Cluster(DataFile file, IReadOnlyList<string> columns) =>
        file.Action is { DeletionVector: null, Tags: { } tags }
        && tags.GetValueOrDefault(CurveTag) == Curve
        && tags.GetValueOrDefault(ColumnsTag) == JsonSerializer.Serialize(columns)
            ? tags.GetValueOrDefault(IdTag)
            : null;
}
