using ServerlessHub.Engine;

namespace ServerlessHub.Pipelines.Planning.Operators;

/// <summary>A pair of columns that must be equal.</summary>
/// <param name="Source">The column of the source.</param>
/// <param name="Reference">The column of the reference.</param>
public sealed record LookupKey(string Source, string Reference);

/// <summary>A column that a lookup appends.</summary>
/// <param name="Name">Its name in the result.</param>
/// <param name="Reference">The column of the reference.</param>
/// <param name="Default">The value for rows that found nothing; null for SQL's null.</param>
public sealed record LookupField(string Name, Column Reference, LiteralExpression? Default);

/// <summary>Each source row with the columns of the one reference row that its key names.</summary>
/// <param name="Source">Input 0.</param>
/// <param name="Reference">Input 1.</param>
/// <param name="Keys">What must be equal. A null key finds nothing.</param>
/// <param name="Fields">What is appended.</param>
/// <param name="Inner">Whether rows that find nothing are left out.</param>
/// <param name="TakeFirst">Whether the first of several matches is taken; otherwise several are an error.</param>
public sealed record Lookup(
    Dataset Source,
    Dataset Reference,
    IReadOnlyList<LookupKey> Keys,
    IReadOnlyList<LookupField> Fields,
    bool Inner,
    bool TakeFirst
) : Operator
{
    /// <inheritdoc/>
    public override IReadOnlyList<Dataset> Inputs { get; } = [Source, Reference];

    /// <inheritdoc/>
    public override IReadOnlyList<Column> Columns { get; } =
    [.. Source.Columns, .. Fields.Select(f => new Column(f.Name, f.Reference.Type))];

    /// <inheritdoc/>
    public override IEnumerable<InputColumn> SourcesOf(string column) =>
        Fields.FirstOrDefault(f => f.Name == column) is { } field ? [new(1, field.Reference.Name)] : [new(0, column)];

    /// <inheritdoc/>
    public override IEnumerable<InputColumn> Uses => Keys.SelectMany(k => new InputColumn[] { new(0, k.Source), new(1, k.Reference) });

    /// <inheritdoc/>
    public override bool NeedsOrderOf(int input) => input == 1 && TakeFirst;

    /// <inheritdoc/>
    public override IReadOnlyList<string>? UniqueKey => Source.Operator.UniqueKey;
}
