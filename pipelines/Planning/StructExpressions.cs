using ServerlessHub.Engine;

namespace ServerlessHub.Pipelines.Planning;

/// <summary>A field of a struct; null where the struct is null.</summary>
/// <param name="Operand">The struct.</param>
/// <param name="Field">The field's name.</param>
/// <param name="Type">Its type.</param>
public sealed record FieldExpression(Expression Operand, string Field, LogicalType Type) : Expression(Type)
{
    /// <inheritdoc/>
    public override IEnumerable<InputColumn> References => Operand.References;
}

/// <summary>Values in their text form one after the other; null where one of them is null.</summary>
/// <param name="Parts">The values.</param>
public sealed record ConcatenationExpression(IReadOnlyList<Expression> Parts) : Expression(LogicalType.Varchar)
{
    /// <inheritdoc/>
    public override IEnumerable<InputColumn> References => Parts.SelectMany(p => p.References);
}
