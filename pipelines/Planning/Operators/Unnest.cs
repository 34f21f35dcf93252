using ServerlessHub.Engine;

namespace ServerlessHub.Pipelines.Planning.Operators;

/// <summary>The elements of a list that each row holds, a row each, with columns of the row they came from.</summary>
/// <param name="Input">What is read.</param>
/// <param name="List">The list: an expression over input 0 of a list type.</param>
/// <param name="Kept">Columns of the row that each element keeps.</param>
/// <param name="Element">The column that holds the element.</param>
/// <param name="Position">The column that holds the element's place in its list, from 0.</param>
public sealed record Unnest(Dataset Input, Expression List, IReadOnlyList<ComputedColumn> Kept, Column Element, string Position) : Operator
{
    /// <inheritdoc/>
    public override IReadOnlyList<Dataset> Inputs { get; } = [Input];

    /// <inheritdoc/>
    public override IReadOnlyList<Column> Columns { get; } = [.. Kept.Select(k => k.Column), new(Position, LogicalType.BigInt), Element];

    /// <inheritdoc/>
    public override IEnumerable<InputColumn> SourcesOf(string column) =>
        Kept.FirstOrDefault(k => k.Name == column) is { } kept ? kept.Value.References : List.References;

    /// <inheritdoc/>
    public override IEnumerable<InputColumn> Uses => List.References;
}
