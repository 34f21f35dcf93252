using System.Globalization;
using ServerlessHub.Engine;
using ServerlessHub.Lake;
using ServerlessHub.Lake.Storage;
using ServerlessHub.Pipelines.Running;
using ServerlessHub.Streams.Events;

namespace ServerlessHub.Streams.Processing;

/// <summary>A stream's own database in memory, and the tables of the lake that it reads and writes.</summary>
internal sealed class StreamEngine : IDisposable
{
    private const string Batch = "hub_batch";

    private readonly Database _database;
    private readonly Dictionary<TableName, DeltaTable> _tables = [];
    private readonly HubRoot _root;
    private IReadOnlyList<EventPage> _pages = [];

    public StreamEngine(HubRoot root, StreamDefinition stream, StreamOptions options, TimeProvider time)
    {
        _root = root;
        Stream = stream;
        Time = time;
        _database = Database.Open(
            new DatabaseOptions
            {
                MemoryLimitBytes = options.MemoryLimitBytes ?? GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 4,
                Threads = options.Threads,
                TempDirectory = Path.Combine(Path.GetTempPath(), $"hub-stream-{Guid.NewGuid():N}"),
            }
        );
        Connection = _database.Connect();
        Connection.Execute("SET TimeZone = 'UTC'");
        Connection.RegisterTable(new TableFunction("hub_events", EventScan.Columns, columns => new EventScan(_pages, columns)));
    }

    public StreamDefinition Stream { get; }

    public TimeProvider Time { get; }

    /// <summary>What holds the hub.</summary>
    public ILakeStorage Storage => _root.Storage;

    /// <summary>The connection all statements of the stream go through.</summary>
    public Connection Connection { get; }

    /// <summary>A table of the lake. It is kept, since it remembers its log.</summary>
    public DeltaTable Table(TableName name)
    {
        if (!_tables.TryGetValue(name, out var table))
            _tables.Add(name, table = new(_root.Storage, name.Folder, Time));
        return table;
    }

    /// <summary>Brings a batch into a table of the engine, without what comes before an offset of its partition.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="steps">Its partitions: after which offset their events are wanted.</param>
    /// <param name="ct">Ends it.</param>
    public EventSlice Load(EventBatch batch, IReadOnlyDictionary<SourcePartition, (long? From, long To)> steps, CancellationToken ct)
    {
        _pages = batch.Pages;
        try
        {
            var slots = batch.Ranges.Select(
                (range, slot) =>
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"({slot}, {Sql.Literal(range.Partition.Topic)}, {range.Partition.Partition}, {(steps.TryGetValue(range.Partition, out var step) ? step.From ?? -1 : long.MaxValue)})"
                    )
            );
            Connection.Execute(
                $"""
                CREATE OR REPLACE TEMP TABLE {Batch} AS
                SELECT s.topic, s.partition, e."offset", e.enqueued_at, e.key, e.headers, e.value, e.bytes,
                  CASE WHEN e.bytes IS NOT NULL THEN {JsonFitFunction.Malformed} WHEN e.value IS NULL THEN 0
                    WHEN json_valid(e.value) THEN {JsonFitFunction.NameAtIngest}(e.value) ELSE {JsonFitFunction.Malformed} END AS fit
                FROM hub_events() AS e JOIN (VALUES {string.Join(", ", slots)}) AS s(slot, topic, partition, after) USING (slot)
                WHERE e."offset" > s.after
                """,
                ct
            );
        }
        finally
        {
            _pages = [];
        }
        return new(Batch, steps, Count(Batch, ct));
    }

    /// <summary>Whether a FROM term has rows.</summary>
    public bool Any(string from, CancellationToken ct)
    {
        using var result = Connection.Query($"SELECT EXISTS (SELECT 1 FROM {from})", ct);
        return result.Scalar<bool>();
    }

    /// <summary>How many rows a FROM term has.</summary>
    public long Count(string from, CancellationToken ct)
    {
        using var result = Connection.Query($"SELECT count(*) FROM {from}", ct);
        return result.Scalar<long>();
    }

    /// <summary>What a commit says of the stream.</summary>
    public IReadOnlyDictionary<string, string> CommitInfo(IReadOnlyList<TransactionProgress> steps) =>
        new Dictionary<string, string>
        {
            ["stream"] = Stream.Address.ToString(),
            ["revision"] = Stream.Revision,
            ["offsets"] = TableOffsets.Describe(steps),
        };

    public void Dispose()
    {
        Connection.Dispose();
        _database.Dispose();
    }
}
