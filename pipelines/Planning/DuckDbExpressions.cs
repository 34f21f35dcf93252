using ServerlessHub.Engine;

namespace ServerlessHub.Pipelines.Planning;

/// <summary>Writes scalar expressions in DuckDB's SQL.</summary>
internal static class DuckDbExpressions
{
    /// <summary>The expression, with columns qualified by the alias of their input.</summary>
    public static string Write(Expression expression, IReadOnlyList<string> aliases) =>
        expression switch
        {
            ColumnExpression c => $"{Sql.Identifier(aliases[c.Input])}.{Sql.Identifier(c.Column.Name)}",
            LiteralExpression { Value: null } l => $"CAST(NULL AS {l.Type})",
            LiteralExpression l => $"CAST({Sql.Literal(l.Value)} AS {l.Type})",
            CallExpression c => $"{c.Function}({string.Join(", ", c.Arguments.Select(a => Write(a, aliases)))})",
            CastExpression c => $"CAST({Write(c.Operand, aliases)} AS {c.Type})",
            FieldExpression f => $"struct_extract({Write(f.Operand, aliases)}, {Sql.Literal(f.Field)})",
            ConcatenationExpression c => string.Join(" || ", c.Parts.Select(p => Text(p, aliases))),
            MaskExpression m => $"{m.Function.Name}({Text(m.Operand, aliases)})",
            UserExpression u => $"(\n{u.Sql}\n)",
            _ => throw new NotSupportedException($"The dialect has no form for {expression.GetType().Name}."),
        };

    /// <summary>A computed column: its value under its name.</summary>
    public static string WriteAs(ComputedColumn column, IReadOnlyList<string> aliases) =>
        column.Value is ColumnExpression c && c.Column.Name == column.Name
            ? Write(c, aliases)
            : $"{Write(column.Value, aliases)} AS {Sql.Identifier(column.Name)}";

    private static string Text(Expression operand, IReadOnlyList<string> aliases) =>
        operand.Type == LogicalType.Varchar ? Write(operand, aliases) : $"CAST({Write(operand, aliases)} AS VARCHAR)";
}
