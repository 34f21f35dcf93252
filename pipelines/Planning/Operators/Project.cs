using ServerlessHub.Engine;

namespace ServerlessHub.Pipelines.Planning.Operators;

/// <summary>Each row with other columns: chosen, renamed, computed.</summary>
/// <param name="Input">What is read.</param>
/// <param name="Items">The columns given, in order.</param>
public sealed record Project(Dataset Input, IReadOnlyList<ComputedColumn> Items) : Operator
{
    /// <inheritdoc/>
    public override IReadOnlyList<Dataset> Inputs { get; } = [Input];

    /// <inheritdoc/>
    public override IReadOnlyList<Column> Columns { get; } = [.. Items.Select(i => i.Column)];

    /// <inheritdoc/>
    public override IEnumerable<InputColumn> SourcesOf(string column) => Items.First(i => i.Name == column).Value.References;

    /// <inheritdoc/>
    public override IReadOnlyList<string>? UniqueKey
    {
        get
        {
            var renamed = Input.Operator.UniqueKey?.Select(k =>
                Items.FirstOrDefault(i => i.Value is ColumnExpression c && c.Column.Name == k)?.Name
            );
            return renamed is null || renamed.Contains(null) ? null : [.. renamed!];
        }
    }
}
