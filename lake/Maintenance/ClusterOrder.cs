using System.Globalization;
using ServerlessHub.Engine;
using ServerlessHub.Lake.Schema;

namespace ServerlessHub.Lake.Maintenance;

/// <summary>
/// By what rows are sorted in order to lie together by several columns. Each column is divided into ranges that hold about as many rows,
/// so that neither its type nor its distribution matters; the ranges' numbers are a point, and its place on a curve is the order.
/// </summary>
internal sealed class ClusterOrder(Connection connection, IReadOnlyList<SchemaField> columns)
{
    /// <summary>So many columns leave each one enough bits of a place on the curve.</summary>
    public const int MaxColumns = 8;

    private const int SampledRows = 100_000;
    private const int MaxBitsOfColumn = 10;
    private const int MinBitsOfColumn = 4;

    /// <summary>More of a text than this is not looked at when ranges are chosen.</summary>
    private const int LongestBound = 64;

    /// <summary>What to sort rows of a query by, that are to come to so many files.</summary>
    public string By(string rowsSql, int files, CancellationToken ct)
    {
        var names = columns.Select(column => Sql.Identifier(column.Name)).ToList();
        if (names.Count == 1)
            return names[0];
        // A few more ranges of each column than files, so that it can be as fine by one column as by the others.
        var bits = Math.Clamp(BitsFor(files) + 2, MinBitsOfColumn, Math.Min(MaxBitsOfColumn, HilbertCurve.MaxBits / columns.Count));
        var coordinates = columns.Select(column => Range(column, Bounds(column, rowsSql, (1 << bits) - 1, ct)));
        return $"{HilbertCurve.Call(connection, coordinates, bits)}, {string.Join(", ", names)}";
    }

    /// <summary>Whether values of the type have an order.</summary>
    public static bool Takes(DeltaType type) => type is DecimalType or PrimitiveType { Name: not "void" };

    private static int BitsFor(int files) => (int)Math.Ceiling(Math.Log2(Math.Max(1, files)));

    /// <summary>Between which values the ranges of a column lie, as expressions, in their order.</summary>
    private List<string> Bounds(SchemaField column, string rowsSql, int count, CancellationToken ct)
    {
        var name = Sql.Identifier(column.Name);
        var isText = column.Type == DeltaType.String;
        var isBytes = column.Type == DeltaType.Binary;
        var value =
            isText ? $"left({name}, {LongestBound})"
            : isBytes ? $"{name}[:{LongestBound}]"
            : name;
        var shown = isText || isBytes ? "hex(bound)" : "CAST(bound AS VARCHAR)";
        var quantiles = string.Join(
            ", ",
            Enumerable.Range(1, count).Select(n => (n / (count + 1.0)).ToString("F6", CultureInfo.InvariantCulture))
        );
        using var result = connection.Query(
            $"""
            SELECT {shown} FROM (
                SELECT DISTINCT unnest(quantile_disc({value}, [{quantiles}])) AS bound
                FROM (SELECT {name} FROM ({rowsSql}) USING SAMPLE reservoir({SampledRows} ROWS) REPEATABLE (1))
            ) WHERE bound IS NOT NULL ORDER BY bound
            """,
            ct
        );
        var type = TypeMapping.ToEngine(column.Type);
        return
        [
            .. result
                .Rows()
                .Select(row => Sql.Literal((string)row[0]!))
                .Select(bound =>
                    isText ? $"decode(unhex({bound}))"
                    : isBytes ? $"unhex({bound})"
                    : $"CAST({bound} AS {type})"
                ),
        ];
    }

    /// <summary>How many of the bounds are not above the column's value, found by halving; a row without a value comes last.</summary>
    private static string Range(SchemaField column, List<string> bounds)
    {
        var name = Sql.Identifier(column.Name);
        return Halve(0, bounds.Count);

        string Halve(int from, int to)
        {
            if (from == to)
                return $"{from}::INTEGER";
            var middle = (from + to) / 2;
            return $"CASE WHEN {name} < {bounds[middle]} THEN {Halve(from, middle)} ELSE {Halve(middle + 1, to)} END";
        }
    }
}
