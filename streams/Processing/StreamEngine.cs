using System.Collections.Concurrent;
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
    private readonly ConcurrentDictionary<TableName, DeltaTable> _tables = [];
    private readonly HubRoot _root;
    private readonly int _threads;
    private IReadOnlyList<EventPage> _pages = [];

    public StreamEngine(HubRoot root, StreamDefinition stream, StreamOptions options, TimeProvider time)
    {
        _root = root;
        _threads = options.Threads ?? Environment.ProcessorCount;
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
        // What a stream reads of its files it seldom reads again, and it goes on for months: the cache would take all the memory that it may have.
        Connection.Execute("SET enable_external_file_cache = false");
        Connection.RegisterTable(new TableFunction("hub_events", EventScan.Columns, columns => new EventScan(_pages, columns)));
    }

    public StreamDefinition Stream { get; }

    public TimeProvider Time { get; }

    /// <summary>What holds the hub.</summary>
    public ILakeStorage Storage => _root.Storage;

    /// <summary>The connection all statements of the stream go through.</summary>
    public Connection Connection { get; }

    /// <summary>A table of the lake. It is kept, since it remembers its log. Any thread may ask for it.</summary>
    public DeltaTable Table(TableName name) => _tables.GetOrAdd(name, _ => new(_root.Storage, name.Folder, Time));

    /// <summary>
    /// Shows a batch to the engine, without what comes before an offset of its partition. Its events stay where they are, so it must not change until
    /// its slice is done with.
    /// </summary>
    /// <param name="batch">The batch.</param>
    /// <param name="steps">Its partitions: after which offset their events are wanted.</param>
    /// <param name="shape">What an event should be; null where any object will do.</param>
    /// <param name="ct">Ends it.</param>
    public EventSlice Show(
        EventBatch batch,
        IReadOnlyDictionary<SourcePartition, (long? From, long To)> steps,
        JsonShape? shape,
        CancellationToken ct
    )
    {
        _pages = batch.Pages;
        Parallel.ForEach(
            _pages,
            new ParallelOptions { MaxDegreeOfParallelism = _threads, CancellationToken = ct },
            page => page.Judge(shape)
        );
        var slots = batch.Ranges.Select(r =>
            (r.Partition, r.Range.First, After: steps.TryGetValue(r.Partition, out var s) ? s.From ?? -1 : long.MaxValue)
        );
        var condition = slots.All(s => s.After < s.First) ? "true" : $"\"offset\" > {List(slots.Select(s => s.After))}[slot + 1]";
        Connection.Execute(
            $"""
            CREATE OR REPLACE TEMP VIEW {Batch} AS
            SELECT {List(slots.Select(s => Sql.Literal(s.Partition.Topic)))}[slot + 1] AS topic,
              CAST({List(slots.Select(s => s.Partition.Partition))}[slot + 1] AS INTEGER) AS partition,
              "offset", enqueued_at, key, headers, value, bytes, fit
            FROM hub_events() WHERE {condition}
            """,
            ct
        );
        using var counts = Connection.Query($"SELECT count(*), count(*) FILTER (fit = {JsonFitFunction.Malformed}) FROM {Batch}", ct);
        var row = counts.Rows().Single();
        return new(Batch, steps, (long)row[0]!, (long)row[1]!);
    }

    private static string List<T>(IEnumerable<T> items) => string.Create(CultureInfo.InvariantCulture, $"[{string.Join(", ", items)}]");

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

    /// <summary>What a commit says of the stream, and of the offsets that it takes, if it takes any.</summary>
    public IReadOnlyDictionary<string, string> CommitInfo(IReadOnlyList<TransactionProgress> steps)
    {
        var info = new Dictionary<string, string> { ["stream"] = Stream.Address.ToString(), ["revision"] = Stream.Revision };
        if (steps.Count > 0)
            info.Add("offsets", TableOffsets.Describe(steps));
        return info;
    }

    public void Dispose()
    {
        Connection.Dispose();
        _database.Dispose();
    }
}
