using ServerlessHub.Engine;

namespace ServerlessHub.Pipelines.Planning.Operators;

/// <summary>A column to sort by.</summary>
/// <param name="Column">The column.</param>
/// <param name="Descending">Whether the highest value comes first.</param>
/// <param name="NullsFirst">Whether nulls come first, in either direction.</param>
public sealed record SortKey(string Column, bool Descending = false, bool NullsFirst = false);

/// <summary>The same rows in another order. Text compares by code point; rows with equal keys stay in the order they had.</summary>
/// <param name="Input">What is read.</param>
/// <param name="Keys">What the order goes by, the first deciding first.</param>
public sealed record Sort(Dataset Input, IReadOnlyList<SortKey> Keys) : Operator
{
    /// <inheritdoc/>
    public override IReadOnlyList<Dataset> Inputs { get; } = [Input];

    /// <inheritdoc/>
    public override IReadOnlyList<Column> Columns => Input.Columns;

    /// <inheritdoc/>
    public override IEnumerable<InputColumn> SourcesOf(string column) => [new(0, column)];

    /// <inheritdoc/>
    public override IEnumerable<InputColumn> Uses => Keys.Select(k => new InputColumn(0, k.Column));

    /// <inheritdoc/>
    public override bool IsSorted => true;

    /// <summary>Only ties show the order there was before; where the keys are unique there are none.</summary>
    public override bool KeepsOrderOf(int input) =>
        Input.Operator.UniqueKey is not { } unique || !unique.All(u => Keys.Any(k => k.Column == u));

    /// <inheritdoc/>
    public override IReadOnlyList<string>? UniqueKey => Input.Operator.UniqueKey;
}
