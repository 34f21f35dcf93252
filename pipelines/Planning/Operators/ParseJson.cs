using ServerlessHub.Engine;

namespace ServerlessHub.Pipelines.Planning.Operators;

/// <summary>
/// Each row with a JSON text turned into what it holds. A member that is missing or null is null; a text that is no JSON, and a member that is
/// neither an object nor a list where the type has one, fail.
/// </summary>
/// <param name="Input">What is read.</param>
/// <param name="Text">The column with the text, which the value replaces.</param>
/// <param name="Shape">A struct: its fields are texts, JSON texts, structs of the same kind, or lists of JSON texts.</param>
public sealed record ParseJson(Dataset Input, string Text, LogicalType Shape) : Operator
{
    /// <inheritdoc/>
    public override IReadOnlyList<Dataset> Inputs { get; } = [Input];

    /// <inheritdoc/>
    public override IReadOnlyList<Column> Columns { get; } = [.. Input.Columns.Select(c => c.Name == Text ? new Column(Text, Shape) : c)];

    /// <inheritdoc/>
    public override IEnumerable<InputColumn> SourcesOf(string column) => [new(0, column)];

    /// <inheritdoc/>
    public override IEnumerable<InputColumn> Uses => [new(0, Text)];
}
