using ServerlessHub.Engine;

namespace ServerlessHub.Pipelines.Planning;

/// <summary>A scalar computed from the columns of an operator's inputs. What the hub itself composes is a tree; what a user wrote stays text.</summary>
/// <param name="Type">The type of its values.</param>
public abstract record Expression(LogicalType Type)
{
    /// <summary>The input columns it reads.</summary>
    public abstract IEnumerable<InputColumn> References { get; }
}

/// <summary>A column of an input as it is.</summary>
/// <param name="Input">Which input.</param>
/// <param name="Column">Its name and type.</param>
public sealed record ColumnExpression(int Input, Column Column) : Expression(Column.Type)
{
    /// <inheritdoc/>
    public override IEnumerable<InputColumn> References => [new(Input, Column.Name)];
}

/// <summary>A constant.</summary>
/// <param name="Value">The value in its text form, or null for SQL's null.</param>
/// <param name="Type">Its type.</param>
public sealed record LiteralExpression(string? Value, LogicalType Type) : Expression(Type)
{
    /// <inheritdoc/>
    public override IEnumerable<InputColumn> References => [];
}

/// <summary>A call of a function that every dialect has or the hub registers.</summary>
/// <param name="Function">The function's name.</param>
/// <param name="Arguments">Its arguments.</param>
/// <param name="Type">The type it gives.</param>
public sealed record CallExpression(string Function, IReadOnlyList<Expression> Arguments, LogicalType Type) : Expression(Type)
{
    /// <inheritdoc/>
    public override IEnumerable<InputColumn> References => Arguments.SelectMany(a => a.References);
}

/// <summary>A conversion that fails on a value the type cannot hold.</summary>
/// <param name="Operand">What is converted.</param>
/// <param name="Type">The type it is converted to.</param>
public sealed record CastExpression(Expression Operand, LogicalType Type) : Expression(Type)
{
    /// <inheritdoc/>
    public override IEnumerable<InputColumn> References => Operand.References;
}

/// <summary>An expression as a user wrote it, after it was parsed, found harmless, and bound against its inputs.</summary>
/// <param name="Sql">The text, with parameters replaced by their variables.</param>
/// <param name="Columns">The input columns it names.</param>
/// <param name="Type">The type it gives.</param>
public sealed record UserExpression(string Sql, IReadOnlyList<InputColumn> Columns, LogicalType Type) : Expression(Type)
{
    /// <summary>The pairs of columns, one of input 0 and one of input 1, that must be equal for it to be true.</summary>
    public IReadOnlyList<(InputColumn First, InputColumn Second)> Equalities { get; init; } = [];

    /// <inheritdoc/>
    public override IEnumerable<InputColumn> References => Columns;
}

/// <summary>A column that an operator computes.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Value">Its value.</param>
public sealed record ComputedColumn(string Name, Expression Value)
{
    /// <summary>Its name and type.</summary>
    public Column Column => new(Name, Value.Type);
}
