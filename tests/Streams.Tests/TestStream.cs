using System.Text;
using ServerlessHub.Engine;
using ServerlessHub.Lake;
using ServerlessHub.Lake.Storage;
using ServerlessHub.Pipelines.Definitions;
using ServerlessHub.Pipelines.Running;
using ServerlessHub.Streams.Definitions;
using ServerlessHub.Streams.Events;
using ServerlessHub.Streams.Processing;

namespace ServerlessHub.Streams.Tests;

/// <summary>A stream in a hub root of its own, fed by hand.</summary>
internal sealed class TestStream : IDisposable
{
    private readonly Database _database = Database.Open();
    private readonly bool _isBorrowed;

    /// <param name="body">What is in the document's root element.</param>
    /// <param name="schema">The type of an event's object in SQL; null where it is inferred.</param>
    /// <param name="storage">What stands between the stream and what holds its tables; null for nothing.</param>
    public TestStream(string body, string? schema = null, Func<ILakeStorage, ILakeStorage>? storage = null)
    {
        Folder = Directory.CreateTempSubdirectory("hub-streams-").FullName;
        Directory.CreateDirectory(Path.Combine(Folder, "config/applications/shop/staging/streams"));
        Root = new HubRoot(Folder);
        if (storage is not null)
            Root = new HubRoot(Folder) { Storage = storage(Root.Storage) };
        var findings = new Diagnostics();
        var text = $"""<stream id="orders" version="1.0" layer="staging">{body}</stream>""";
        var document = StreamDocument.Read(text, "orders.xml", "staging", findings);
        Assert.Empty(findings);
        Definition = new(new("shop", "staging", "orders"), document!, "revision")
        {
            Schema = schema is null ? null : LogicalType.Parse(schema).Children,
        };
        Connection = _database.Connect();
        Connection.Execute("SET TimeZone = 'UTC'");
    }

    /// <summary>The same stream in another process.</summary>
    public TestStream(string body, string folder, string schema)
        : this(body, schema)
    {
        Directory.Delete(Folder, recursive: true);
        (Folder, Root, _isBorrowed) = (folder, new HubRoot(folder), true);
    }

    /// <summary>Another document of the same stream, in the same hub root.</summary>
    public TestStream(string body, TestStream of)
        : this(body)
    {
        Directory.Delete(Folder, recursive: true);
        (Folder, Root, _isBorrowed) = (of.Folder, of.Root, true);
    }

    public string Folder { get; }

    public HubRoot Root { get; }

    public StreamDefinition Definition { get; }

    public Connection Connection { get; }

    public StreamProcessor Open() => new(Root, Definition, new StreamOptions { MemoryLimitBytes = 512 << 20, Threads = 2 });

    /// <summary>A batch of one partition, its offsets in a row.</summary>
    public static EventBatch Batch(int partition, long first, params string[] values) =>
        Batch(values.Select((value, i) => (partition, first + i, value)));

    public static EventBatch Batch(IEnumerable<(int Partition, long Offset, string Value)> events)
    {
        var batch = new EventBatch();
        foreach (var (partition, offset, value) in events)
            batch.Add(
                new("orders", partition),
                new StreamEvent
                {
                    Offset = offset,
                    EnqueuedAt = 1_800_000_000_000_000 + offset * 1_000_000,
                    Value = Encoding.UTF8.GetBytes(value),
                    HasValue = true,
                }
            );
        return batch;
    }

    public Snapshot? Table(string name) => new DeltaTable(Root.Storage, $"data/applications/shop/staging/{name}").TryRead();

    /// <summary>The rows of a query over a table, <c>t</c>; a text each.</summary>
    public string[] Rows(string table, string select)
    {
        if (Table(table) is not { } snapshot)
            return [];
        using var scan = snapshot.Scan(Connection);
        using var result = Connection.Query($"SELECT ({select})::VARCHAR FROM ({scan.Sql}) AS t ORDER BY ALL");
        return [.. result.Rows().Select(row => (string)row[0]!)];
    }

    /// <summary>Takes one row of those of a condition out of a table, or adds it once more, as no stream would.</summary>
    public void Damage(string name, string change, string condition)
    {
        var table = new DeltaTable(Root.Storage, $"data/applications/shop/staging/{name}");
        using var scan = table.TryRead()!.Scan(Connection);
        Connection.Execute($"CREATE OR REPLACE TEMP TABLE damage AS SELECT * FROM ({scan.Sql}) WHERE {condition} ORDER BY ALL");
        var rows =
            change == "INSERT"
                ? "SELECT * FROM (SELECT * FROM damage UNION ALL (SELECT * FROM damage LIMIT 1))"
                : "SELECT * FROM damage OFFSET 1";
        using var others = table.TryRead()!.Scan(Connection);
        table.Write(
            Connection,
            $"SELECT * FROM ({others.Sql}) WHERE NOT ({condition}) UNION ALL ({rows})",
            new WriteOptions { TransactionId = "damage", Mode = WriteMode.Overwrite }
        );
    }

    public void Dispose()
    {
        Connection.Dispose();
        _database.Dispose();
        if (!_isBorrowed)
            Directory.Delete(Folder, recursive: true);
    }
}
