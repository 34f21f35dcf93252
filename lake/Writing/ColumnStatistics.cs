namespace ServerlessHub.Lake.Writing;

/// <summary>What the engine returns of one column of a file that it wrote.</summary>
/// <param name="Path">The column, and below it the field of a struct, and so on.</param>
/// <param name="Values">The numbers and bounds, by the engine's names.</param>
internal sealed record ColumnStatistics(IReadOnlyList<string> Path, IReadOnlyDictionary<string, string> Values)
{
    public string? Min => Bound("min");

    public string? Max => Bound("max");

    public long Nulls => long.Parse(Values["null_count"]);

    /// <summary>How many values there are, nulls among them.</summary>
    public long Count => long.Parse(Values["num_values"]);

    /// <summary>Reads a path such as <c>"a"."b""c"</c>.</summary>
    public static IReadOnlyList<string> ParsePath(string quoted)
    {
        var parts = new List<string>();
        var at = 0;
        while (at < quoted.Length)
        {
            var end = at + 1;
            while (quoted[end] != '"' || (end + 1 < quoted.Length && quoted[end + 1] == '"'))
                end += quoted[end] == '"' ? 2 : 1;
            parts.Add(quoted[(at + 1)..end].Replace("\"\"", "\"", StringComparison.Ordinal));
            at = end + 2;
        }
        return parts;
    }

    /// <summary>Where a value is not a number, the bounds are of the others only.</summary>
    private string? Bound(string name) => Values.GetValueOrDefault("has_nan") == "true" ? null : Values.GetValueOrDefault(name);
}
