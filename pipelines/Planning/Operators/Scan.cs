using ServerlessHub.Engine;

namespace ServerlessHub.Pipelines.Planning.Operators;

/// <summary>Rows of a source: a file, a table, a database.</summary>
/// <param name="Source">Its name in the run: how the dialect finds what was opened for it.</param>
/// <param name="Schema">Its columns.</param>
public sealed record Scan(string Source, IReadOnlyList<Column> Schema) : Operator
{
    /// <inheritdoc/>
    public override IReadOnlyList<Dataset> Inputs => [];

    /// <inheritdoc/>
    public override IReadOnlyList<Column> Columns => Schema;

    /// <inheritdoc/>
    public override IEnumerable<InputColumn> SourcesOf(string column) => [];
}
