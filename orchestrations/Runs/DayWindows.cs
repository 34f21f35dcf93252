using ServerlessHub.Lake;

namespace ServerlessHub.Orchestrations.Runs;

/// <summary>
/// The files of a table of the history, whole days together and the newest first, in portions that grow: the first holds a few pages, and each is
/// eight times the one before, so that even a search that finds nothing in a million runs is a handful of queries.
/// </summary>
internal static class DayWindows
{
    private const int Pages = 4;
    private const int Growth = 8;

    public static IEnumerable<IReadOnlyList<DataFile>> Of(IReadOnlyList<DataFile> files, ColumnRange days, int page)
    {
        var window = new List<DataFile>();
        var (rows, enough) = (0L, (long)page * Pages);
        var newestFirst = files
            .Select(file => (Day: file.PartitionValues["day"]!, File: file))
            .Where(f => !(string.CompareOrdinal(f.Day, days.Min) < 0) && (days.Max is null || string.CompareOrdinal(f.Day, days.Max) <= 0))
            .GroupBy(f => f.Day, f => f.File)
            .OrderByDescending(day => day.Key, StringComparer.Ordinal);
        foreach (var day in newestFirst)
        {
            window.AddRange(day);
            rows += day.Sum(file => file.Rows ?? 0);
            if (rows < enough)
                continue;
            yield return window;
            (window, rows, enough) = ([], 0, enough * Growth);
        }
        if (window.Count > 0)
            yield return window;
    }
}
