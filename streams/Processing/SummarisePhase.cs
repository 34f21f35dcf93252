using ServerlessHub.Engine;
using ServerlessHub.Lake;
using ServerlessHub.Pipelines.Definitions;
using ServerlessHub.Pipelines.Planning;
using ServerlessHub.Pipelines.Running;
using ServerlessHub.Streams.Definitions;
using ServerlessHub.Streams.Events;
using ServerlessHub.Streams.Planning;

namespace ServerlessHub.Streams.Processing;

/// <summary>The third phase: each driver's summary is brought up to date.</summary>
internal sealed class SummarisePhase(StreamEngine engine, TableName root) : IDisposable
{
    private readonly ExpressionBinder _binder = new();
    private readonly Dictionary<string, (IReadOnlyList<Column> Columns, SummaryDefinition Definition)> _bound = [];
    private readonly bool _isMerge = engine.Stream.Document.Flatten!.IsMerge;

    /// <summary>Takes rows that were just flattened into the summaries that are where they begin.</summary>
    public void Write(FlattenedSlice slice, CancellationToken ct)
    {
        foreach (var driver in engine.Stream.Document.Drivers)
            if (
                slice.Tables.FirstOrDefault(t => t.Name == SourceOf(driver)) is { } rows
                && Bind(driver, ColumnsOf(rows.Table)) is { IsCarriedOn: true } summary
                && !_isMerge
                && new CarriedSummary(engine, summary) is var carried
                && TableOffsets.Begins(slice.Steps, carried.Offsets(ct))
            )
                carried.Write(rows.Table, slice.Steps, ct);
    }

    /// <summary>Brings the summaries to where the flattened tables are.</summary>
    public void CatchUp(IReadOnlyCollection<SourcePartition> partitions, CancellationToken ct)
    {
        foreach (var driver in engine.Stream.Document.Drivers)
        {
            if (Find(driver, ct) is not { } summary)
                continue;
            if (_isMerge || !summary.IsCarriedOn)
            {
                new RecomputedSummary(engine, summary, _isMerge).Follow(engine.Table(root), ct);
                continue;
            }
            var backlog = Backlog.OfRows(engine, root, summary.Source);
            var carried = new CarriedSummary(engine, summary);
            while (backlog.After(carried.Offsets(ct), partitions, ct) is { } behind)
                carried.Write(behind.Table, behind.Steps, ct);
        }
    }

    /// <summary>Brings summaries up to date with rows that their offsets had passed before.</summary>
    /// <param name="letters">The engine's table with the places of the events of these rows.</param>
    /// <param name="step">Tells this work apart from the progress of the stream.</param>
    /// <param name="partitions">All partitions.</param>
    /// <param name="ct">Ends it.</param>
    public void Redo(
        string letters,
        Func<Snapshot?, TransactionProgress> step,
        IReadOnlyCollection<SourcePartition> partitions,
        CancellationToken ct
    )
    {
        CatchUp(partitions, ct);
        foreach (var driver in engine.Stream.Document.Drivers)
            if (!_isMerge && Find(driver, ct) is { IsCarriedOn: true } summary)
                new RedrivenSummary(engine, summary).Write(letters, step, ct);
    }

    /// <summary>What a driver computes; null as long as what it names has not come yet.</summary>
    public SummaryDefinition? Find(DriverDefinition driver, CancellationToken ct) =>
        engine.Table(SourceOf(driver)).TryRead(ct: ct) is { } source
            ? Bind(driver, [.. source.Columns.Select(c => new Column(c.Name, c.Type))])
            : null;

    public void Dispose() => _binder.Dispose();

    private TableName SourceOf(DriverDefinition driver) => driver.Source is { } name ? engine.Stream.Table(name) : root;

    private IReadOnlyList<Column> ColumnsOf(string table)
    {
        using var statement = engine.Connection.Prepare($"SELECT * FROM {table}");
        return statement.Columns;
    }

    /// <summary>What a driver computes of columns; null as long as what it names has not come yet.</summary>
    private SummaryDefinition? Bind(DriverDefinition driver, IReadOnlyList<Column> columns)
    {
        if (_bound.TryGetValue(driver.Id, out var known) && known.Columns.SequenceEqual(columns))
            return known.Definition;
        var findings = new Diagnostics();
        var source = SourceOf(driver);
        var dataset = Dataset.OfRecord(source.Table, columns, driver.Element);
        if (DriverPlanner.Bind(driver, dataset, _binder, findings) is not { } aggregate)
            return null;
        var isPublished = engine.Stream.Document.Publications.Any(p => p.Driver == driver.Id);
        var definition = new SummaryDefinition(
            driver,
            engine.Stream.Table(driver.Table),
            engine.Stream.LateTable(driver.Table),
            source,
            aggregate,
            isPublished
        );
        _bound[driver.Id] = (columns, definition);
        return definition;
    }
}
