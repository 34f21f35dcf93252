using ServerlessHub.Engine;

namespace ServerlessHub.Pipelines.Planning.Operators;

/// <summary>What a measure computes over the rows of a group.</summary>
public enum Measure
{
    /// <summary>The number of rows, or of values that are not null.</summary>
    Count,

    /// <summary>The number of different values that are not null.</summary>
    CountDistinct,

    /// <summary>The sum; it fails rather than overflow.</summary>
    Sum,

    /// <summary>The mean.</summary>
    Avg,

    /// <summary>The lowest value.</summary>
    Min,

    /// <summary>The highest value.</summary>
    Max,

    /// <summary>The middle value, interpolated between the two in the middle.</summary>
    Median,

    /// <summary>The value that 95 % lie at or below, interpolated.</summary>
    P95,

    /// <summary>The value of the first row, null or not.</summary>
    First,

    /// <summary>The value of the last row, null or not.</summary>
    Last,
}

/// <summary>A measure of an aggregate.</summary>
/// <param name="Name">Its column in the result.</param>
/// <param name="Measure">What it computes.</param>
/// <param name="Column">The column it computes from; null for a count of rows.</param>
/// <param name="Type">The type it gives.</param>
public sealed record AggregateColumn(string Name, Measure Measure, Column? Column, LogicalType Type);

/// <summary>One row for each group; without groups, one row.</summary>
/// <param name="Input">What is read.</param>
/// <param name="Groups">The columns that make a group. Nulls make a group of their own.</param>
/// <param name="Measures">What is computed for each.</param>
/// <param name="Window">The windows of time that divide the groups further; null for none.</param>
public sealed record Aggregate(Dataset Input, IReadOnlyList<Column> Groups, IReadOnlyList<AggregateColumn> Measures, TimeWindow? Window)
    : Operator
{
    /// <summary>The column with the start of a row's window.</summary>
    public const string WindowStart = "window_start";

    /// <summary>The column with the end of a row's window.</summary>
    public const string WindowEnd = "window_end";

    /// <inheritdoc/>
    public override IReadOnlyList<Dataset> Inputs { get; } = [Input];

    /// <inheritdoc/>
    public override IReadOnlyList<Column> Columns { get; } =
    [
        .. Groups,
        .. Window is null
            ? Array.Empty<Column>()
            : [new Column(WindowStart, LogicalType.TimestampTz), new Column(WindowEnd, LogicalType.TimestampTz)],
        .. Measures.Select(m => new Column(m.Name, m.Type)),
    ];

    /// <inheritdoc/>
    public override IEnumerable<InputColumn> SourcesOf(string column)
    {
        if (Measures.FirstOrDefault(m => m.Name == column) is { } measure)
            return measure.Column is { } c ? [new(0, c.Name)] : [];
        return column is WindowStart or WindowEnd && Window is { } w ? [new(0, w.Time.Name)] : [new(0, column)];
    }

    /// <inheritdoc/>
    public override IEnumerable<InputColumn> Uses =>
        Groups.Select(g => new InputColumn(0, g.Name)).Concat(Window is { } w ? [new InputColumn(0, w.Time.Name)] : []);

    /// <inheritdoc/>
    public override bool NeedsOrderOf(int input) => Measures.Any(m => m.Measure is Measure.First or Measure.Last);

    /// <summary>Groups come in the order of their values; the order of the rows is gone.</summary>
    public override bool KeepsOrderOf(int input) => false;

    /// <inheritdoc/>
    public override IReadOnlyList<string>? UniqueKey =>
        Window is null ? [.. Groups.Select(g => g.Name)] : [.. Groups.Select(g => g.Name), WindowStart];
}
