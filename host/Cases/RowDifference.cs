using System.Text.Json.Serialization;

namespace ServerlessHub.Host.Cases;

/// <summary>Two rows that are likely the same one, with cells that differ.</summary>
/// <param name="Expected">The row as it should be.</param>
/// <param name="Actual">The row as it came out.</param>
/// <param name="Cells">The indexes of the cells that differ.</param>
internal sealed record ChangedRow(string?[] Expected, string?[] Actual, IReadOnlyList<int> Cells);

/// <summary>How rows that came out differ from those expected.</summary>
/// <param name="Missing">Expected rows that did not come.</param>
/// <param name="Extra">Rows that came and were not expected.</param>
/// <param name="Changed">Rows that came with other values.</param>
/// <param name="FirstOutOfOrder">The first row, from 1, that stands elsewhere than expected where the rows are the same and their order counts; null otherwise.</param>
internal sealed record RowDifference(
    IReadOnlyList<string?[]> Missing,
    IReadOnlyList<string?[]> Extra,
    IReadOnlyList<ChangedRow> Changed,
    int? FirstOutOfOrder
)
{
    // Beyond this the pairing of missing with extra rows would cost more than it tells.
    private const int MostPaired = 500;

    /// <summary>Whether there is none.</summary>
    [JsonIgnore]
    public bool IsNone => Missing.Count == 0 && Extra.Count == 0 && Changed.Count == 0 && FirstOutOfOrder is null;

    /// <summary>Compares rows of the same columns. Equal rows are counted: two expected and one come is one missing.</summary>
    /// <param name="expected">The rows as they should be.</param>
    /// <param name="actual">The rows as they came out.</param>
    /// <param name="isOrdered">Whether their order counts.</param>
    public static RowDifference Between(IReadOnlyList<string?[]> expected, IReadOnlyList<string?[]> actual, bool isOrdered)
    {
        var left = new Dictionary<string?[], int>(CellComparer.Instance);
        foreach (var row in actual)
            left[row] = left.GetValueOrDefault(row) + 1;
        var missing = new List<string?[]>();
        foreach (var row in expected)
            if (left.GetValueOrDefault(row) > 0)
                left[row]--;
            else
                missing.Add(row);
        var extra = new List<string?[]>();
        foreach (var row in actual.Reverse())
            if (left[row] > 0)
            {
                left[row]--;
                extra.Add(row);
            }
        extra.Reverse();
        if (isOrdered && missing.Count == 0 && extra.Count == 0)
            return new([], [], [], FirstDifference(expected, actual));
        var changed = Pair(missing, extra);
        return new(missing, extra, changed, null);
    }

    /// <summary>Takes rows that are likely the same one out of both lists: first those with one key, then those with the most equal cells, at least half of them.</summary>
    private static List<ChangedRow> Pair(List<string?[]> missing, List<string?[]> extra)
    {
        if (missing.Count == 0 || extra.Count == 0)
            return [];
        var key = KeyColumn(missing, extra);
        var pairs = new List<(int Missing, int Extra, int Likeness)>();
        for (var m = 0; m < Math.Min(missing.Count, MostPaired); m++)
        for (var e = 0; e < Math.Min(extra.Count, MostPaired); e++)
            if (Likeness(missing[m], extra[e], key) is var likeness && likeness > 0 && likeness * 2 >= missing[m].Length)
                pairs.Add((m, e, likeness));
        var taken = (Missing: new HashSet<int>(), Extra: new HashSet<int>());
        var changed = new List<(int At, ChangedRow Row)>();
        foreach (var (m, e, _) in pairs.OrderByDescending(p => p.Likeness))
            if (!taken.Missing.Contains(m) && taken.Extra.Add(e))
            {
                taken.Missing.Add(m);
                changed.Add((m, new ChangedRow(missing[m], extra[e], Differing(missing[m], extra[e]))));
            }
        RemoveAt(missing, taken.Missing);
        RemoveAt(extra, taken.Extra);
        return [.. changed.OrderBy(c => c.At).Select(c => c.Row)];
    }

    /// <summary>The first column in which no two of the rows agree, within either list: most likely what tells rows apart. -1 if there is none.</summary>
    private static int KeyColumn(List<string?[]> missing, List<string?[]> extra) =>
        Enumerable.Range(0, missing[0].Length).FirstOrDefault(i => IsUnique(missing, i) && IsUnique(extra, i), -1);

    private static bool IsUnique(List<string?[]> rows, int column) => rows.Select(r => r[column]).Distinct().Count() == rows.Count;

    private static int Likeness(string?[] a, string?[] b, int key)
    {
        var equal = a.Length - Differing(a, b).Count;
        return key >= 0 && a[key] is not null && a[key] == b[key] ? equal + a.Length : equal;
    }

    private static List<int> Differing(string?[] a, string?[] b) => [.. Enumerable.Range(0, a.Length).Where(i => a[i] != b[i])];

    private static int? FirstDifference(IReadOnlyList<string?[]> expected, IReadOnlyList<string?[]> actual)
    {
        for (var i = 0; i < expected.Count; i++)
            if (!CellComparer.Instance.Equals(expected[i], actual[i]))
                return i + 1;
        return null;
    }

    private static void RemoveAt(List<string?[]> rows, HashSet<int> indexes)
    {
        foreach (var index in indexes.OrderDescending())
            rows.RemoveAt(index);
    }

    private sealed class CellComparer : IEqualityComparer<string?[]>
    {
        public static CellComparer Instance { get; } = new();

        public bool Equals(string?[]? x, string?[]? y) => x.AsSpan().SequenceEqual(y);

        public int GetHashCode(string?[] row)
        {
            var hash = new HashCode();
            foreach (var cell in row)
                hash.Add(cell, StringComparer.Ordinal);
            return hash.ToHashCode();
        }
    }
}
