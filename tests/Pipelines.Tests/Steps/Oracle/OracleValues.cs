using System.Globalization;

namespace ServerlessHub.Pipelines.Tests.Steps.Oracle;

/// <summary>How the oracle compares values.</summary>
internal static class OracleValues
{
    /// <summary>Compares two values of a kind that are not null: text by code points.</summary>
    public static int Compare(object a, object b) =>
        (a, b) switch
        {
            (string x, string y) => CompareRunes(x, y),
            (IComparable x, _) => x.CompareTo(b),
            _ => throw new NotSupportedException(),
        };

    /// <summary>Whether two values are the same, nulls being equal.</summary>
    public static bool Same(object? a, object? b) => a is null || b is null ? a is null && b is null : Compare(a, b) == 0;

    /// <summary>Whether two rows are the same.</summary>
    public static bool SameRow(IReadOnlyList<object?> a, IReadOnlyList<object?> b) =>
        a.Count == b.Count && Enumerable.Range(0, a.Count).All(i => Same(a[i], b[i]));

    /// <summary>Compares for an order in which nulls are last.</summary>
    public static int NullsLast(object? a, object? b) =>
        (a, b) switch
        {
            (null, null) => 0,
            (null, _) => 1,
            (_, null) => -1,
            _ => Compare(a, b),
        };

    /// <summary>A value as text in which equal results of the two sides are equal: numbers by ten digits.</summary>
    public static string Canonical(object? value) =>
        value switch
        {
            double d when d == 0 => "0",
            double d => d.ToString("G10", CultureInfo.InvariantCulture),
            decimal d => (d / 1.0000000000000000000000000000m).ToString(CultureInfo.InvariantCulture),
            System.Data.SqlTypes.SqlDecimal d => Canonical(d.Value),
            int or short or sbyte or Int128 => Convert.ToString(value, CultureInfo.InvariantCulture)!,
            _ => StepBench.Text(value),
        };

    private static int CompareRunes(string a, string b)
    {
        var (x, y) = (a.EnumerateRunes().ToArray(), b.EnumerateRunes().ToArray());
        for (var i = 0; i < Math.Min(x.Length, y.Length); i++)
            if (x[i] != y[i])
                return x[i].Value.CompareTo(y[i].Value);
        return x.Length.CompareTo(y.Length);
    }
}
