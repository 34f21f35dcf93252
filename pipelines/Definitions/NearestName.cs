namespace ServerlessHub.Pipelines.Definitions;

/// <summary>Finds what a mistyped name most likely meant.</summary>
public static class NearestName
{
    /// <summary>The hint <c>did you mean 'x'?</c>, or null when no candidate is near enough to be a likely slip.</summary>
    public static string? Hint(string name, IEnumerable<string> candidates) =>
        Find(name, candidates) is { } n ? $"did you mean '{n}'?" : null;

    /// <summary>The candidate with the fewest edits (insert, delete, replace, swap of neighbours), at most a third of the name's length, and never all of it.</summary>
    public static string? Find(string name, IEnumerable<string> candidates)
    {
        var best = (Name: (string?)null, Distance: Math.Min(Math.Max(1, name.Length / 3) + 1, name.Length));
        foreach (var candidate in candidates)
        {
            if (candidate.Equals(name, StringComparison.OrdinalIgnoreCase))
                return candidate;
            if (Math.Abs(candidate.Length - name.Length) >= best.Distance)
                continue;
            var distance = Distance(name, candidate);
            if (distance < best.Distance)
                best = (candidate, distance);
        }
        return best.Name;
    }

    private static int Distance(string a, string b)
    {
        var d = new int[a.Length + 1, b.Length + 1];
        for (var i = 0; i <= a.Length; i++)
            d[i, 0] = i;
        for (var j = 0; j <= b.Length; j++)
            d[0, j] = j;
        for (var i = 1; i <= a.Length; i++)
        for (var j = 1; j <= b.Length; j++)
        {
            var same = char.ToLowerInvariant(a[i - 1]) == char.ToLowerInvariant(b[j - 1]);
            d[i, j] = Math.Min(Math.Min(d[i - 1, j], d[i, j - 1]) + 1, d[i - 1, j - 1] + (same ? 0 : 1));
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                d[i, j] = Math.Min(d[i, j], d[i - 2, j - 2] + 1);
        }
        return d[a.Length, b.Length];
    }
}
