using ServerlessHub.Engine;

namespace ServerlessHub.Host.Cases;

/// <summary>Compares an output with what is expected of it.</summary>
internal static class CaseComparison
{
    /// <summary>How they differ; null when they do not.</summary>
    /// <exception cref="CommandException">The expected file is not as it should be.</exception>
    public static CaseDifference? Compare(TestCase testCase, CaseOutput output, Connection connection)
    {
        var file = Path.Combine(testCase.Expected, output.File);
        if (!File.Exists(file))
            return new CaseDifference(
                output.File,
                $"this came out with {output.Rows.Rows.Count} rows, but is not expected; 'hub test --update' keeps it"
            );
        var expected = output.IsText ? CaseRows.Lines(File.ReadAllText(file)) : CaseRows.Read(connection, file);
        if (ColumnProblem(expected.Columns, output.Rows.Columns) is { } problem)
            return new CaseDifference(output.File, problem);
        var rows = RowDifference.Between(expected.Rows, output.Rows.Rows, output.IsOrdered);
        return rows.IsNone
            ? null
            : new CaseDifference(output.File, Summary(rows, expected.Rows.Count, output.Rows.Rows.Count))
            {
                Columns = [.. expected.Columns.Select(c => c.Name)],
                Rows = rows,
            };
    }

    private static string? ColumnProblem(IReadOnlyList<CaseColumn> expected, IReadOnlyList<CaseColumn> actual)
    {
        var same =
            expected.Count == actual.Count
            && expected.Zip(actual).All(p => p.First.Name == p.Second.Name && (p.First.Type is null || p.First.Type.Equals(p.Second.Type)));
        return same ? null : $"the columns differ\n  expected {string.Join(", ", expected)}\n  got      {string.Join(", ", actual)}";
    }

    private static string Summary(RowDifference rows, int expected, int actual)
    {
        if (rows.FirstOutOfOrder is { } row)
            return $"the rows are the same, but their order is not: row {row} differs";
        var parts = new[] { (rows.Missing.Count, "missing"), (rows.Extra.Count, "extra"), (rows.Changed.Count, "changed") };
        return $"{string.Join(", ", parts.Where(p => p.Item1 > 0).Select(p => $"{p.Item1} {p.Item2}"))} ({expected} rows expected, {actual} came)";
    }
}
