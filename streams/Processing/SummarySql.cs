using ServerlessHub.Engine;
using ServerlessHub.Lake;
using ServerlessHub.Pipelines.Planning;
using ServerlessHub.Pipelines.Planning.Operators;
using ServerlessHub.Streams.Planning;

namespace ServerlessHub.Streams.Processing;

/// <summary>Writes what a summary computes, and how a row of it is carried on when more rows come.</summary>
internal sealed class SummarySql
{
    /// <summary>The key of a summary that has a single row.</summary>
    public const string All = "_all";

    /// <summary>The column with the number of rows that a row of the summary is of.</summary>
    public const string Events = "_events";

    /// <summary>The hidden column with whether a row comes too late for its window.</summary>
    public const string Late = "hub_late";

    private readonly Aggregate _aggregate;
    private readonly DuckDbWindow? _window;
    private readonly bool _isOfChild;

    public SummarySql(Aggregate aggregate)
    {
        _aggregate = aggregate;
        _window = aggregate.Window is { } window ? new(window) : null;
        _isOfChild = aggregate.Input.Find(FlatTable.Position) is not null;
    }

    /// <summary>Whether rows are placed in windows.</summary>
    public bool HasWindow => _window is not null;

    /// <summary>The time of a row, as the windows see it, but no later than the source took the event: a clock that is ahead closes no window.</summary>
    public string Moment => $"least({_window!.Moment()}, {FlatTable.EnqueuedAt})";

    /// <summary>The end of the window a row is placed in by <see cref="Placed"/>.</summary>
    public string WindowEnd => _window!.End(DuckDbWindow.Start);

    /// <summary>The end of the window that begins at a moment.</summary>
    public string EndOf(string start) => _window!.End(start);

    /// <summary>A FROM term with each row once for each window it is in.</summary>
    public string Placed(string from) => _window?.From(from) ?? from;

    /// <summary>The columns that tell groups apart, as expressions over placed rows.</summary>
    public IEnumerable<(string Name, string Value)> Keys
    {
        get
        {
            foreach (var group in _aggregate.Groups)
                yield return (group.Name, Sql.Identifier(group.Name));
            if (HasWindow)
                yield return (Aggregate.WindowStart, DuckDbWindow.Start);
            else if (_aggregate.Groups.Count == 0)
                yield return (All, "CAST(0 AS INTEGER)");
        }
    }

    /// <summary>The columns of the summary, each with the column of rows that it comes from; null for none.</summary>
    /// <param name="isCarriedOn">Whether it has what is needed to carry a row on.</param>
    public IEnumerable<(Column Column, string? Source)> Columns(bool isCarriedOn)
    {
        var time = _aggregate.Window?.Time.Name;
        foreach (var group in _aggregate.Groups)
            yield return (group, group.Name);
        if (HasWindow)
            yield return (new(Aggregate.WindowStart, LogicalType.TimestampTz), time);
        else if (_aggregate.Groups.Count == 0)
            yield return (new(All, LogicalType.Integer), null);
        if (HasWindow)
            yield return (new(Aggregate.WindowEnd, LogicalType.TimestampTz), time);
        foreach (var measure in _aggregate.Measures)
        {
            yield return (new(measure.Name, measure.Type), measure.Column?.Name);
            if (isCarriedOn)
                foreach (var (name, _, type) in Kept(measure))
                    yield return (new(name, type), measure.Column!.Name);
        }
        yield return (new(Events, LogicalType.BigInt), null);
    }

    /// <summary>The rows of the summary that are made of placed rows alone.</summary>
    /// <param name="placed">A FROM term, as of <see cref="Placed"/>.</param>
    /// <param name="condition">Which of them count.</param>
    /// <param name="isCarriedOn">Whether what is needed to carry a row on is wanted.</param>
    public string Select(string placed, string condition, bool isCarriedOn)
    {
        var items = Keys.Select(k => $"{k.Value} AS {Sql.Identifier(k.Name)}").ToList();
        if (HasWindow)
            items.Add($"{WindowEnd} AS {Aggregate.WindowEnd}");
        foreach (var measure in _aggregate.Measures)
        {
            items.Add($"{Value(measure)} AS {Sql.Identifier(measure.Name)}");
            if (isCarriedOn)
                items.AddRange(Kept(measure).Select(k => $"{k.Value} AS {Sql.Identifier(k.Name)}"));
        }
        items.Add($"count(*) AS {Events}");
        // Without rows there is no row, also where there are no groups.
        return $"SELECT {string.Join(", ", items)} FROM {placed} WHERE {condition} GROUP BY {string.Join(", ", Keys.Select(k => k.Value))}";
    }

    /// <summary>How a row of the summary, <c>target</c>, is carried on by one of new rows alone, <c>source</c>.</summary>
    public IReadOnlyList<MergeClause> Clauses
    {
        get
        {
            var set = new Dictionary<string, string> { [Events] = Sum(Events) };
            foreach (var measure in _aggregate.Measures)
            {
                foreach (var (name, value) in Carried(measure))
                    set.Add(name, value);
            }
            return [new(MergeRows.Matched, MergeAction.Update) { Set = set }, new(MergeRows.NotMatched, MergeAction.Insert)];
        }
    }

    private string Value(AggregateColumn measure) =>
        measure.Measure switch
        {
            Measure.First => $"arg_min_null({Column(measure)}, {Place})",
            Measure.Last => $"arg_max_null({Column(measure)}, {Place})",
            _ => DuckDbAggregate.Call(measure, []),
        };

    /// <summary>What is kept beside a measure's value, so that it can be carried on.</summary>
    private IEnumerable<(string Name, string Value, LogicalType Type)> Kept(AggregateColumn measure) =>
        measure.Measure switch
        {
            Measure.Avg =>
            [
                (SumOf(measure), $"CAST(sum({Column(measure)}) AS {SumType(measure)})", SumType(measure)),
                (CountOf(measure), $"count({Column(measure)})", LogicalType.BigInt),
            ],
            Measure.First => [(PlaceOf(measure), $"min({Place})", PlaceType)],
            Measure.Last => [(PlaceOf(measure), $"max({Place})", PlaceType)],
            _ => [],
        };

    private static IEnumerable<(string Name, string Value)> Carried(AggregateColumn measure)
    {
        var (target, source) = ($"target.{Sql.Identifier(measure.Name)}", $"source.{Sql.Identifier(measure.Name)}");
        var (there, new_) = ($"target.{Sql.Identifier(PlaceOf(measure))}", $"source.{Sql.Identifier(PlaceOf(measure))}");
        return measure.Measure switch
        {
            Measure.Count => [(measure.Name, Sum(measure.Name))],
            Measure.Sum => [(measure.Name, Sum(measure.Name))],
            Measure.Avg =>
            [
                (measure.Name, $"CAST({Sum(SumOf(measure))} AS DOUBLE) / nullif({Sum(CountOf(measure))}, 0)"),
                (SumOf(measure), Sum(SumOf(measure))),
                (CountOf(measure), Sum(CountOf(measure))),
            ],
            Measure.Min => [(measure.Name, $"least({target}, {source})")],
            Measure.Max => [(measure.Name, $"greatest({target}, {source})")],
            Measure.First =>
            [
                (measure.Name, $"CASE WHEN {new_} < {there} THEN {source} ELSE {target} END"),
                (PlaceOf(measure), $"least({there}, {new_})"),
            ],
            Measure.Last =>
            [
                (measure.Name, $"CASE WHEN {new_} > {there} THEN {source} ELSE {target} END"),
                (PlaceOf(measure), $"greatest({there}, {new_})"),
            ],
            _ => throw new NotSupportedException($"{measure.Measure} cannot be carried on."),
        };
    }

    /// <summary>A sum of both rows, in which nothing counts as nothing.</summary>
    private static string Sum(string name)
    {
        var column = Sql.Identifier(name);
        return $"CASE WHEN target.{column} IS NULL THEN source.{column} WHEN source.{column} IS NULL THEN target.{column} ELSE target.{column} + source.{column} END";
    }

    private static LogicalType PlaceType { get; } =
        LogicalType.Struct([
            new("at", LogicalType.TimestampTz),
            new("part", LogicalType.Integer),
            new("pos", LogicalType.BigInt),
            new("sub", LogicalType.BigInt),
        ]);

    /// <summary>Where a row stands among all: by when the source took its event.</summary>
    private string Place =>
        $"struct_pack(at := {FlatTable.EnqueuedAt}, part := {FlatTable.Partition}, pos := {FlatTable.Offset}, sub := {(_isOfChild ? FlatTable.Position : "0")}::BIGINT)";

    private static string Column(AggregateColumn measure) => Sql.Identifier(measure.Column!.Name);

    private static LogicalType SumType(AggregateColumn measure) =>
        measure.Column!.Type.Kind switch
        {
            TypeKind.Float or TypeKind.Double => LogicalType.Double,
            TypeKind.Decimal => LogicalType.Decimal(38, measure.Column.Type.Scale),
            _ => LogicalType.Decimal(38, 0),
        };

    private static string SumOf(AggregateColumn measure) => $"_{measure.Name}_sum";

    private static string CountOf(AggregateColumn measure) => $"_{measure.Name}_count";

    private static string PlaceOf(AggregateColumn measure) => $"_{measure.Name}_at";
}
