using ServerlessHub.Engine;

namespace ServerlessHub.Pipelines.Planning.Operators;

/// <summary>A <c>SELECT</c> that a user wrote over named datasets.</summary>
/// <param name="Datasets">What it reads.</param>
/// <param name="Names">The name each of them has in the text.</param>
/// <param name="Sql">The text, with parameters replaced by their variables.</param>
/// <param name="Schema">The columns it gives.</param>
/// <param name="Lineage">For each column of the result, the input columns it comes from.</param>
/// <param name="Read">All input columns that the text reads.</param>
/// <param name="Ordered">Whether the text ends in an <c>ORDER BY</c>.</param>
public sealed record Query(
    IReadOnlyList<Dataset> Datasets,
    IReadOnlyList<string> Names,
    string Sql,
    IReadOnlyList<Column> Schema,
    IReadOnlyDictionary<string, IReadOnlyList<InputColumn>> Lineage,
    IReadOnlyList<InputColumn> Read,
    bool Ordered
) : Operator
{
    /// <inheritdoc/>
    public override IReadOnlyList<Dataset> Inputs => Datasets;

    /// <inheritdoc/>
    public override IReadOnlyList<Column> Columns => Schema;

    /// <inheritdoc/>
    public override IEnumerable<InputColumn> SourcesOf(string column) => Lineage[column];

    /// <inheritdoc/>
    public override IEnumerable<InputColumn> Uses => Read;

    /// <inheritdoc/>
    public override bool KeepsOrderOf(int input) => false;

    /// <inheritdoc/>
    public override bool IsSorted => Ordered;
}
