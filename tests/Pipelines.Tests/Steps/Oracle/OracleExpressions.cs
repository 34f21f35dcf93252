namespace ServerlessHub.Pipelines.Tests.Steps.Oracle;

/// <summary>An SQL expression that the oracle can compute by itself, over the values of one row by their columns' names.</summary>
internal abstract record OracleExpression(Kind Kind)
{
    public abstract string Sql { get; }

    public abstract object? Of(Func<string, object?> row);
}

internal sealed record ColumnValue(string Name, string? Dataset, Kind Kind) : OracleExpression(Kind)
{
    public override string Sql => (Dataset is null ? "" : Written.Identifier(Dataset) + ".") + Written.Identifier(Name);

    public override object? Of(Func<string, object?> row) => row(Dataset is null ? Name : $"{Dataset}/{Name}");
}

internal sealed record Constant(object? Value, Kind Kind) : OracleExpression(Kind)
{
    public override string Sql => Written.Value(Value, Kind);

    public override object? Of(Func<string, object?> row) => Value;
}

internal sealed record IsNull(OracleExpression Operand) : OracleExpression(Kind.Truth)
{
    public override string Sql => $"({Operand.Sql} IS NULL)";

    public override object? Of(Func<string, object?> row) => Operand.Of(row) is null;
}

internal sealed record Comparison(string Operator, OracleExpression Left, OracleExpression Right) : OracleExpression(Kind.Truth)
{
    public override string Sql => $"({Left.Sql} {Operator} {Right.Sql})";

    public override object? Of(Func<string, object?> row)
    {
        if (Left.Of(row) is not { } left || Right.Of(row) is not { } right)
            return null;
        var order = OracleValues.Compare(left, right);
        return Operator switch
        {
            "=" => order == 0,
            "<>" => order != 0,
            "<" => order < 0,
            _ => order >= 0,
        };
    }
}

internal sealed record Both(OracleExpression Left, OracleExpression Right) : OracleExpression(Kind.Truth)
{
    public override string Sql => $"({Left.Sql} AND {Right.Sql})";

    public override object? Of(Func<string, object?> row) =>
        (Left.Of(row), Right.Of(row)) switch
        {
            (false, _) or (_, false) => false,
            (true, true) => true,
            _ => null,
        };
}

internal sealed record Either(OracleExpression Left, OracleExpression Right) : OracleExpression(Kind.Truth)
{
    public override string Sql => $"({Left.Sql} OR {Right.Sql})";

    public override object? Of(Func<string, object?> row) =>
        (Left.Of(row), Right.Of(row)) switch
        {
            (true, _) or (_, true) => true,
            (false, false) => false,
            _ => null,
        };
}

internal sealed record Sum(OracleExpression Left, OracleExpression Right) : OracleExpression(Kind.Whole)
{
    public override string Sql => $"({Left.Sql} + {Right.Sql})";

    public override object? Of(Func<string, object?> row) => Left.Of(row) is long a && Right.Of(row) is long b ? a + b : null;
}

internal sealed record Joined(OracleExpression Left, OracleExpression Right) : OracleExpression(Kind.Text)
{
    public override string Sql => $"({Left.Sql} || {Right.Sql})";

    public override object? Of(Func<string, object?> row) => Left.Of(row) is string a && Right.Of(row) is string b ? a + b : null;
}

internal sealed record FirstOf(OracleExpression Left, OracleExpression Right) : OracleExpression(Left.Kind)
{
    public override string Sql => $"coalesce({Left.Sql}, {Right.Sql})";

    public override object? Of(Func<string, object?> row) => Left.Of(row) ?? Right.Of(row);
}
