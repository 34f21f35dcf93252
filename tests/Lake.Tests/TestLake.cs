using System.Text.Json;
using System.Text.Json.Nodes;
using ServerlessHub.Engine;
using ServerlessHub.Lake.Storage;

namespace ServerlessHub.Lake.Tests;

/// <summary>A lake in a folder, or a storage account's container, of its own. When a test is done, every table that it wrote is checked against the protocol's rules.</summary>
public sealed class TestLake : IDisposable
{
    private readonly Database _database = Database.Open();
    private int _transactions;

    public TestLake(Func<ILakeStorage, ILakeStorage>? wrap = null, bool inAzure = false)
    {
        Root = Directory.CreateTempSubdirectory("lake-").FullName;
        Container = inAzure ? new TestContainer() : null;
        ILakeStorage storage = Container is null ? new LocalStorage(Root) : Container.Open("lake");
        Storage = wrap is null ? storage : wrap(storage);
        Connection = Connect();
    }

    /// <summary>The folder; of a lake in Azure, where it is copied to in order to be checked.</summary>
    public string Root { get; }

    internal TestContainer? Container { get; }

    public ILakeStorage Storage { get; }

    public Connection Connection { get; }

    /// <summary>Tables that a test damaged on purpose are no longer what a writer wrote.</summary>
    public bool IsDamaged { get; set; }

    public Connection Connect()
    {
        var connection = _database.Connect();
        connection.Execute("SET TimeZone = 'UTC'");
        return connection;
    }

    public DeltaTable Table(string path = "t") => new(Storage, path);

    public WriteOptions Options(WriteMode mode = WriteMode.Append) =>
        new() { Mode = mode, TransactionId = $"run-{Interlocked.Increment(ref _transactions)}" };

    public WriteOptions Merge(params string[] keys) => Options(WriteMode.Merge) with { Keys = keys };

    /// <summary>Stages and commits, which must go through.</summary>
    public WriteMetrics Write(string sql, WriteOptions? options = null, string path = "t")
    {
        return Commit(Table(path).Stage(Connection, sql, options ?? Options()));
    }

    public WriteMetrics Delete(string? condition, string path = "t") => Commit(Table(path).StageDelete(Connection, condition, Options()));

    public WriteMetrics Update(Dictionary<string, string> set, string? condition, string path = "t") =>
        Commit(Table(path).StageUpdate(Connection, set, condition, Options()));

    /// <summary>Commits another metadata, and another writer feature, as another client would.</summary>
    public void Alter(string? feature, Action<JsonNode> change, string path = "t")
    {
        var before = Table(path).TryRead()!;
        var metadata = Enumerable
            .Range(0, (int)before.Version + 1)
            .SelectMany(version => System.IO.File.ReadLines(Commit(version, path)))
            .Select(line => JsonNode.Parse(line)!["metaData"])
            .Last(action => action is not null)!;
        change(metadata);
        string[] features =
        [
            "appendOnly",
            "invariants",
            .. before.Protocol.WriterFeatures ?? [],
            .. feature is null ? [] : new[] { feature },
        ];
        var protocol = new JsonObject
        {
            ["minReaderVersion"] = before.Protocol.MinReaderVersion,
            ["minWriterVersion"] = 7,
            ["writerFeatures"] = JsonSerializer.SerializeToNode(features.Distinct()),
        };
        if (before.Protocol.ReaderFeatures is { } readers)
            protocol["readerFeatures"] = JsonSerializer.SerializeToNode(readers);
        var info = new JsonObject
        {
            ["timestamp"] = 1,
            ["operation"] = "SET",
            ["operationParameters"] = new JsonObject(),
            ["operationMetrics"] = new JsonObject(),
            ["engineInfo"] = "ServerlessHub/test",
        };
        System.IO.File.WriteAllLines(
            Commit(before.Version + 1, path),
            new JsonObject[]
            {
                new() { ["commitInfo"] = info },
                new() { ["protocol"] = protocol },
                new() { ["metaData"] = metadata.DeepClone() },
            }.Select(line => line.ToJsonString())
        );
    }

    /// <summary>Commits, which must go through.</summary>
    public static WriteMetrics Commit(StagedWrite write)
    {
        using (write)
            Assert.IsType<CommitResult.Committed>(write.Commit());
        return write.Metrics;
    }

    /// <summary>A table's rows as text, in order, as the snapshot's own query reads them.</summary>
    public string[] Rows(long? version = null, string path = "t")
    {
        using var scan = Table(path).TryRead(version)!.Scan(Connection);
        return Query($"SELECT * FROM ({scan.Sql}) ORDER BY ALL");
    }

    public string[] Query(string sql)
    {
        using var result = Connection.Query($"SELECT CAST(r AS VARCHAR) FROM ({sql}) AS r");
        return [.. result.Rows().Select(row => (string)row[0]!)];
    }

    public string File(string relative) => Path.Combine(Root, relative);

    public string Commit(long version, string path = "t") => File($"{path}/_delta_log/{version:D20}.json");

    public void Dispose()
    {
        try
        {
            Container?.CopyTo(Root);
            if (IsDamaged)
                return;
            LogChecker.CheckAll(Root, Connection);
            ForeignReader.CheckAll(Root, Connection);
        }
        finally
        {
            Connection.Dispose();
            _database.Dispose();
            Container?.Dispose();
            Directory.Delete(Root, recursive: true);
        }
    }
}
