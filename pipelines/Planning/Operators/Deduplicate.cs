using ServerlessHub.Engine;

namespace ServerlessHub.Pipelines.Planning.Operators;

/// <summary>Which row of those with equal keys is kept.</summary>
public enum Keep
{
    /// <summary>The first in the order of the rows.</summary>
    First,

    /// <summary>The last in the order of the rows.</summary>
    Last,

    /// <summary>The one with the highest value of a column; of several the first, and nulls are the lowest.</summary>
    Latest,
}

/// <summary>One row for each key; null keys are equal to each other.</summary>
/// <param name="Input">What is read.</param>
/// <param name="Keys">The key columns.</param>
/// <param name="Keep">Which row is kept.</param>
/// <param name="OrderBy">The columns <see cref="Keep.Latest"/> goes by, the first deciding first; empty otherwise.</param>
public sealed record Deduplicate(Dataset Input, IReadOnlyList<string> Keys, Keep Keep, IReadOnlyList<string> OrderBy) : Operator
{
    /// <inheritdoc/>
    public override IReadOnlyList<Dataset> Inputs { get; } = [Input];

    /// <inheritdoc/>
    public override IReadOnlyList<Column> Columns => Input.Columns;

    /// <inheritdoc/>
    public override IEnumerable<InputColumn> SourcesOf(string column) => [new(0, column)];

    /// <inheritdoc/>
    public override IEnumerable<InputColumn> Uses => Keys.Concat(OrderBy).Select(c => new InputColumn(0, c));

    /// <inheritdoc/>
    public override bool NeedsOrderOf(int input) => true;

    /// <inheritdoc/>
    public override IReadOnlyList<string>? UniqueKey => Keys;
}
