namespace ServerlessHub.Pipelines.Tests.Steps.Oracle;

/// <summary>Draws values, so few that many are equal, and expressions over them.</summary>
internal sealed class RandomValues(Random random)
{
    private static readonly string[] Texts = ["", "a", "A", "b", "ä", "z", "ﬀ", "𝒳", "a b", "日本", "it's <&>"];
    private static readonly decimal[] Decimals = [-1.5m, 0m, 0.25m, 2m, 10.1m];
    private static readonly double[] Doubles = [-0.25, 0.5, 0.75, 2, 1_000_000];
    private static readonly DateOnly[] Days = [new(1969, 12, 31), new(2024, 2, 29), new(2024, 3, 31), new(2024, 10, 27), new(2024, 10, 28)];

    // Among them the hours in which clocks change, in Zurich and in New York.
    private static readonly string[] Moments =
    [
        "1969-12-31T23:59:59.999999Z",
        "2024-02-28T23:59:59Z",
        "2024-02-29T00:00:00Z",
        "2024-03-10T06:59:00Z",
        "2024-03-10T07:00:00Z",
        "2024-03-31T00:59:59.5Z",
        "2024-03-31T01:00:00Z",
        "2024-10-27T00:30:00Z",
        "2024-10-27T01:30:00Z",
        "2024-11-03T05:45:00Z",
        "2024-11-03T06:45:00Z",
    ];

    public object? Value(Kind kind) => random.Next(5) == 0 ? null : Known(kind);

    /// <summary>An expression of a kind over the columns of a table.</summary>
    public OracleExpression Expression(OracleTable table, Kind kind) =>
        kind == Kind.Truth
            ? Condition(table)
            : (kind, random.Next(4)) switch
            {
                (Kind.Whole, 0) => new Sum(Leaf(table, kind), Leaf(table, kind)),
                // The engine gives a text beside a literal null no type, so there is none.
                (Kind.Text, 0) => new Joined(Leaf(table, kind), new Constant(Known(kind), kind))
                    is { Left: not Constant { Value: null } } joined
                    ? joined
                    : Leaf(table, kind),
                (_, 1) => new FirstOf(Leaf(table, kind), Leaf(table, kind)),
                _ => Leaf(table, kind),
            };

    /// <summary>A condition over the columns of a table.</summary>
    public OracleExpression Condition(OracleTable table, int depth = 2)
    {
        if (depth > 0 && random.Next(2) == 0)
            return random.Next(2) == 0
                ? new Both(Condition(table, depth - 1), Condition(table, depth - 1))
                : new Either(Condition(table, depth - 1), Condition(table, depth - 1));
        var column = table.Columns[random.Next(table.Columns.Count)];
        var value = new ColumnValue(column.Name, null, column.Kind);
        return random.Next(4) == 0 ? new IsNull(value) : new Comparison(Operator(), value, Leaf(table, column.Kind));
    }

    /// <summary>A condition that compares a column of one side with one of the other, or with a constant.</summary>
    public OracleExpression Across(OracleTable left, string leftName, OracleTable right, string rightName)
    {
        var mine = left.Columns[random.Next(left.Columns.Count)];
        var others = right.Columns.Where(c => c.Kind == mine.Kind).ToArray();
        OracleExpression other =
            others.Length == 0
                ? new Constant(Known(mine.Kind), mine.Kind)
                : new ColumnValue(others[random.Next(others.Length)].Name, rightName, mine.Kind);
        var comparison = new Comparison(random.Next(2) == 0 ? "<" : ">=", new ColumnValue(mine.Name, leftName, mine.Kind), other);
        return random.Next(3) == 0 ? new Either(comparison, new IsNull(comparison.Left)) : comparison;
    }

    private OracleExpression Leaf(OracleTable table, Kind kind)
    {
        var columns = table.Columns.Where(c => c.Kind == kind).ToArray();
        return columns.Length > 0 && random.Next(2) == 0
            ? new ColumnValue(columns[random.Next(columns.Length)].Name, null, kind)
            : new Constant(Value(kind), kind);
    }

    private string Operator() => new[] { "=", "<>", "<", ">=" }[random.Next(4)];

    private object Known(Kind kind) =>
        kind switch
        {
            Kind.Whole => (long)random.Next(-2, 4),
            Kind.Decimal => Pick(Decimals),
            Kind.Double => Pick(Doubles),
            Kind.Text => Pick(Texts),
            Kind.Truth => random.Next(2) == 0,
            Kind.Date => Pick(Days),
            _ => DateTime.Parse(Pick(Moments), null, System.Globalization.DateTimeStyles.AdjustToUniversal),
        };

    private T Pick<T>(IReadOnlyList<T> all) => all[random.Next(all.Count)];
}
