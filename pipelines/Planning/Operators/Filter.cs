using ServerlessHub.Engine;

namespace ServerlessHub.Pipelines.Planning.Operators;

/// <summary>The rows for which a condition is true; not those for which it is false or null.</summary>
/// <param name="Input">What is read.</param>
/// <param name="Condition">The condition.</param>
public sealed record Filter(Dataset Input, Expression Condition) : Operator
{
    /// <inheritdoc/>
    public override IReadOnlyList<Dataset> Inputs { get; } = [Input];

    /// <inheritdoc/>
    public override IReadOnlyList<Column> Columns => Input.Columns;

    /// <inheritdoc/>
    public override IEnumerable<InputColumn> SourcesOf(string column) => [new(0, column)];

    /// <inheritdoc/>
    public override IEnumerable<InputColumn> Uses => Condition.References;

    /// <inheritdoc/>
    public override IReadOnlyList<string>? UniqueKey => Input.Operator.UniqueKey;
}
