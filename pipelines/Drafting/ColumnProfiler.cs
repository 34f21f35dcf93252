using ServerlessHub.Engine;

namespace ServerlessHub.Pipelines.Drafting;

/// <summary>Looks at the columns of a sample that lies in a table of the engine.</summary>
internal sealed class ColumnProfiler(Connection connection, string table)
{
    private const int ValuesLookedAt = 2_000;
    private const int ValuesKept = 200;

    // Almost all values are of a type, so that the others are likely mistakes; above this it is worth a word.
    private const double AlmostAll = 0.9;
    private const int MaxScale = 6;
    private const int MaxDigits = 18;

    private static readonly string[] DateFormats =
    [
        "%d.%m.%Y",
        "%d/%m/%Y",
        "%m/%d/%Y",
        "%Y/%m/%d",
        "%d-%m-%Y",
        "%Y%m%d",
        "%d.%m.%Y %H:%M:%S",
        "%d/%m/%Y %H:%M:%S",
        "%m/%d/%Y %H:%M:%S",
    ];

    /// <summary>The text by which the file writes that there is no value, the most frequent if there are several; null if there is none. <c>NA</c> and <c>-</c> are not among them: they mean too much else.</summary>
    public string? NullMarker(IReadOnlyList<string> columns)
    {
        var values = string.Join(" UNION ALL ", columns.Select(c => $"SELECT {Sql.Identifier(c)} AS v FROM {table}"));
        using var result = connection.Query(
            $"SELECT v FROM ({values}) WHERE v IN ('NULL', 'null', 'Null', 'N/A', 'n/a', '\\N', 'None', 'nil', '(null)', '#N/A') GROUP BY v ORDER BY count(*) DESC, v"
        );
        return result.Scalar<string>();
    }

    /// <summary>A column that has a type of its own.</summary>
    public ColumnProfile Typed(Column column)
    {
        var name = Sql.Identifier(column.Name);
        var countable = column.Type.Kind is TypeKind.Struct or TypeKind.List or TypeKind.Map or TypeKind.Union
            ? "0"
            : $"count(DISTINCT {name})";
        using var result = connection.Query($"SELECT count(*), count(*) - count({name}), {countable} FROM {table}");
        var row = result.Rows().First();
        return new ColumnProfile(column.Name, column.Type, Number(row[0]), Number(row[1]), Number(row[2])) { Values = Values(column.Name) };
    }

    /// <summary>A column of texts, of which the type is to be found.</summary>
    public ColumnProfile Text(string column)
    {
        var c = Sql.Identifier(column);
        using var result = connection.Query(
            $$"""
            SELECT count(*), count({{c}}), count(DISTINCT {{c}}),
                count(*) FILTER (lower({{c}}) IN ('true', 'false')),
                count(TRY_CAST({{c}} AS BIGINT)) FILTER (regexp_full_match({{c}}, '-?\d+')),
                count(*) FILTER (regexp_full_match({{c}}, '[+-]?0\d+(\.\d*)?')),
                count(TRY_CAST({{c}} AS DOUBLE)) FILTER (regexp_full_match({{c}}, '[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?')),
                count(*) FILTER (contains(lower({{c}}), 'e')),
                max(length(split_part({{c}}, '.', 2))),
                max(length(regexp_replace({{c}}, '[^0-9]', '', 'g'))),
                count(TRY_CAST({{c}} AS DATE)) FILTER (regexp_full_match({{c}}, '\d{4}-\d{2}-\d{2}')),
                count(TRY_CAST({{c}} AS TIMESTAMPTZ)) FILTER (regexp_matches({{c}}, '^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}'))
            FROM {{table}}
            """
        );
        var row = result.Rows().First().Select(Number).ToArray();
        var counts = new TypeCounts(row[1], row[3], row[4], row[5], row[6], row[7], (int)row[8], (int)row[9], row[10], row[11]);
        var format = counts.Type is null ? DateFormat(c, counts.Values) : null;
        return new ColumnProfile(column, counts.Type ?? LogicalType.Varchar, row[0], row[0] - row[1], row[2])
        {
            Values = Values(column),
            DateFormat = format,
            Note = counts.Type is null && format is null ? counts.AlmostOfAType() : null,
        };
    }

    /// <summary>How many different combinations of two columns there are.</summary>
    public long Distinct(string first, string second)
    {
        using var result = connection.Query(
            $"SELECT count(*) FROM (SELECT DISTINCT {Sql.Identifier(first)}, {Sql.Identifier(second)} FROM {table})"
        );
        return result.Scalar<long>();
    }

    // A form is taken only if it is the only one in which all values are dates: 03/04/2024 alone does not tell.
    private string? DateFormat(string column, long values)
    {
        if (values == 0)
            return null;
        using var result = connection.Query(
            $"SELECT {string.Join(", ", DateFormats.Select(f => $"count(try_strptime({column}, {Sql.Literal(f)}))"))} FROM {table}"
        );
        var fitting = result
            .Rows()
            .First()
            .Select((count, i) => (Format: DateFormats[i], Count: Number(count)))
            .Where(f => f.Count == values)
            .ToArray();
        return fitting.Length == 1 ? fitting[0].Format : null;
    }

    private List<string> Values(string column)
    {
        var c = Sql.Identifier(column);
        using var result = connection.Query(
            $"SELECT DISTINCT v FROM (SELECT CAST({c} AS VARCHAR) AS v FROM {table} WHERE {c} IS NOT NULL LIMIT {ValuesLookedAt}) ORDER BY v LIMIT {ValuesKept}"
        );
        return [.. result.Rows().Select(r => (string)r[0]!)];
    }

    private static long Number(object? value) =>
        value is null ? 0 : Convert.ToInt64(value, System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>How many of a column's values are of which type.</summary>
    private sealed record TypeCounts(
        long Values,
        long Booleans,
        long Integers,
        long LeadingZeros,
        long Numbers,
        long Exponents,
        int Scale,
        int Digits,
        long Dates,
        long Timestamps
    )
    {
        /// <summary>The type of all of them; null where only a text holds them.</summary>
        public LogicalType? Type =>
            Values == 0 ? null
            : Booleans == Values ? LogicalType.Boolean
            : Dates == Values ? LogicalType.Date
            : Timestamps == Values ? LogicalType.TimestampTz
            // 00123 is a code, not a number.
            : LeadingZeros > 0 ? null
            : Integers == Values ? LogicalType.BigInt
            : Numbers < Values ? null
            // More digits than a number keeps, and no point: a code too.
            : Exponents == 0 && Scale == 0 && Digits > MaxDigits ? null
            : Exponents == 0 && Scale <= MaxScale && Digits <= MaxDigits ? LogicalType.Decimal(MaxDigits, Scale)
            : LogicalType.Double;

        /// <summary>A word about the values that keep it from being of a type, if those are few.</summary>
        public string? AlmostOfAType()
        {
            var (count, type) = new[] { (Dates, "dates"), (Timestamps, "timestamps"), (LeadingZeros > 0 ? 0 : Numbers, "numbers") }.MaxBy(
                t => t.Item1
            );
            return Values > 0 && count >= AlmostAll * Values
                ? $"{(double)count / Values:P1} of its values are {type}; the others are not, so it is kept as text"
                : null;
        }
    }
}
