using ServerlessHub.Engine;

namespace ServerlessHub.Pipelines.Planning.Operators;

/// <summary>The rows of several datasets, one dataset after the other.</summary>
/// <param name="Datasets">What is read.</param>
/// <param name="Items">For each column of the result, the expression over each input; a null literal where an input lacks it.</param>
/// <param name="Schema">The columns of the result, with the types that hold all inputs.</param>
/// <param name="Distinct">Whether equal rows come out once.</param>
public sealed record Union(
    IReadOnlyList<Dataset> Datasets,
    IReadOnlyList<Column> Schema,
    IReadOnlyList<IReadOnlyList<Expression>> Items,
    bool Distinct
) : Operator
{
    /// <inheritdoc/>
    public override IReadOnlyList<Dataset> Inputs => Datasets;

    /// <inheritdoc/>
    public override IReadOnlyList<Column> Columns => Schema;

    /// <inheritdoc/>
    public override IEnumerable<InputColumn> SourcesOf(string column) =>
        Items[Schema.Select((c, i) => (c, i)).First(x => x.c.Name == column).i].SelectMany(e => e.References);

    /// <summary>Equal rows can only be told by all their columns.</summary>
    public override IEnumerable<InputColumn> Uses => Distinct ? Items.SelectMany(c => c.SelectMany(e => e.References)) : [];

    /// <summary>The order of the datasets, and within one that of its rows; of equal rows the first stands for all.</summary>
    public override bool KeepsOrderOf(int input) => true;

    /// <inheritdoc/>
    public override bool IsSorted => false;
}
