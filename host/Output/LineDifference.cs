namespace ServerlessHub.Host.Output;

/// <summary>The lines in which two texts differ.</summary>
internal static class LineDifference
{
    // The table below is their product; larger texts are shown as wholly other.
    private const long LargestTable = 16_000_000;

    /// <summary>The lines that go, with <c>-</c> before them, and those that come, with <c>+</c>, in their order; what both have is left out.</summary>
    public static IEnumerable<string> Of(IReadOnlyList<string> before, IReadOnlyList<string> after)
    {
        var start = 0;
        while (start < before.Count && start < after.Count && before[start] == after[start])
            start++;
        var end = 0;
        while (end < before.Count - start && end < after.Count - start && before[before.Count - 1 - end] == after[after.Count - 1 - end])
            end++;
        var (rows, columns) = (before.Count - start - end, after.Count - start - end);
        var common = (long)rows * columns <= LargestTable ? Common(before, after, start, rows, columns) : null;
        var (i, j) = (0, 0);
        while (i < rows || j < columns)
        {
            if (common is not null && i < rows && j < columns && before[start + i] == after[start + j])
                (i, j) = (i + 1, j + 1);
            else if (i < rows && (j == columns || common is null || common[i + 1, j] >= common[i, j + 1]))
                yield return $"- {before[start + i++]}";
            else
                yield return $"+ {after[start + j++]}";
        }
    }

    /// <summary>How many lines the rests of both texts have in common, from each pair of lines on.</summary>
    private static int[,] Common(IReadOnlyList<string> before, IReadOnlyList<string> after, int start, int rows, int columns)
    {
        var common = new int[rows + 1, columns + 1];
        for (var i = rows - 1; i >= 0; i--)
        for (var j = columns - 1; j >= 0; j--)
            common[i, j] = before[start + i] == after[start + j] ? common[i + 1, j + 1] + 1 : Math.Max(common[i + 1, j], common[i, j + 1]);
        return common;
    }
}
