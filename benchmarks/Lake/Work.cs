using System.Diagnostics;
using System.Text.Json;
using ServerlessHub.Engine;
using ServerlessHub.Lake;
using ServerlessHub.Lake.Maintenance;
using ServerlessHub.Lake.Storage;

namespace ServerlessHub.Benchmarks.Lake;

/// <summary>What is measured: each piece of work by the lake, and by SQL that a person would write for it on the same engine.</summary>
internal sealed class Work : IDisposable
{
    private const string Columns = "id, name, amount, day, note";

    private readonly string _folder;
    private readonly Database _database = Database.Open(new() { TempDirectory = Path.GetTempPath() });
    private readonly Connection _connection;
    private readonly DeltaTable _table;
    private Snapshot? _snapshot;

    public Work(string root)
    {
        _folder = Path.Combine(root, "t");
        _connection = _database.Connect();
        _connection.Execute("SET TimeZone = 'UTC'");
        _table = new(new LocalStorage(root), "t");
    }

    public void Dispose()
    {
        _connection.Dispose();
        _database.Dispose();
    }

    /// <summary>A table of so many rows, each as wide as a customer's.</summary>
    public void Make(long rows, bool vectors)
    {
        Write("make", Rows(rows), new() { TransactionId = "make" });
        if (vectors)
            Commit(
                _table.StageProperties(
                    new Dictionary<string, string?> { ["delta.enableDeletionVectors"] = "true" },
                    new() { TransactionId = "vectors" }
                )
            );
    }

    /// <summary>As many rows in as many files, each with rows of the whole table.</summary>
    public void MakeSmall(long rows, int files)
    {
        for (var i = 0; i < files; i++)
            Write($"make-{i}", $"SELECT * FROM ({Rows(rows)}) WHERE id % {files} = {i}", new() { TransactionId = $"make-{i}" });
    }

    public void Optimize()
    {
        if (_table.Optimize(_connection, new OptimizeOptions()).FilesRemoved == 0)
            throw new InvalidOperationException("There was nothing to put together.");
    }

    /// <summary>Writes the same rows into files of the same size.</summary>
    public void OptimizePlain() => CopyPlain($"SELECT * FROM {Files()}");

    /// <summary>Deletes each n-th row.</summary>
    public void Delete(int each) => Commit(_table.StageDelete(_connection, $"id % {each} = 3", new() { TransactionId = "delete" }));

    /// <summary>A table with a checkpoint that has so many files, and so many commits after it; the files are only in the log.</summary>
    public void MakeLog(int files, int commits)
    {
        const int FilesPerCommit = 1000;
        var log = Directory.CreateDirectory(Path.Combine(_folder, "_delta_log")).FullName;
        var interval = Math.Max((files / FilesPerCommit) + 1, commits + 1);
        for (var version = 0; version < interval; version++)
        {
            var adds = Enumerable.Range(version * FilesPerCommit, FilesPerCommit).Where(file => file < files).Select(Add);
            File.WriteAllLines(Path.Combine(log, $"{version:D20}.json"), [Info, .. version == 0 ? Head(interval) : [], .. adds]);
        }
        Append("log", commits + 1);
    }

    private const string Info = """{"commitInfo":{"timestamp":0,"operation":"WRITE","operationParameters":{}}}""";

    private static IEnumerable<string> Head(int interval)
    {
        const string Field = """{"name":"id","type":"long","nullable":true,"metadata":{}}""";
        yield return """{"protocol":{"minReaderVersion":1,"minWriterVersion":2}}""";
        yield return JsonSerializer.Serialize(
            new
            {
                metaData = new
                {
                    id = "benchmark",
                    format = new { provider = "parquet", options = new { } },
                    schemaString = $$"""{"type":"struct","fields":[{{Field}}]}""",
                    partitionColumns = Array.Empty<string>(),
                    configuration = new Dictionary<string, string> { ["delta.checkpointInterval"] = $"{interval}" },
                },
            }
        );
    }

    private static string Add(int file) =>
        JsonSerializer.Serialize(
            new
            {
                add = new
                {
                    path = $"part-{file:D8}-8a1c2b7e.snappy.parquet",
                    partitionValues = new { },
                    size = 1 << 20,
                    modificationTime = 1_700_000_000_000,
                    dataChange = true,
                    stats = JsonSerializer.Serialize(
                        new
                        {
                            numRecords = 1000,
                            minValues = new { id = file * 1000L },
                            maxValues = new { id = (file * 1000L) + 999 },
                            nullCount = new { id = 0 },
                        }
                    ),
                },
            }
        );

    public void Open() => _snapshot = _table.TryRead() ?? throw new InvalidOperationException("There is no table.");

    /// <summary>Which files the table has, asked of its log in SQL.</summary>
    public void OpenPlain()
    {
        var log = Path.Combine(_folder, "_delta_log");
        var checkpoint = Directory.GetFiles(log, "*.checkpoint.parquet").Max(StringComparer.Ordinal)!;
        var commits = Directory
            .GetFiles(log, "*.json")
            .Where(file => string.CompareOrdinal(Path.GetFileName(file), Path.GetFileName(checkpoint)) > 0)
            .Select(Sql.Literal);
        _connection.Execute(
            $"""
            CREATE TEMPORARY TABLE files AS
            WITH commits AS (SELECT * FROM read_json([{string.Join(", ", commits)}], format = 'newline_delimited', filename = true, columns = {
                "{add: 'STRUCT(path VARCHAR, partitionValues MAP(VARCHAR, VARCHAR), size BIGINT, stats VARCHAR)', remove: 'STRUCT(path VARCHAR)'}"
            })),
            gone AS (SELECT remove.path FROM commits WHERE remove IS NOT NULL)
            SELECT add.path, add.partitionValues, add.size, add.stats FROM read_parquet({Sql.Literal(checkpoint)})
            WHERE add IS NOT NULL AND add.path NOT IN (FROM gone)
            UNION ALL SELECT add.path, add.partitionValues, add.size, add.stats FROM commits WHERE add IS NOT NULL AND add.path NOT IN (FROM gone)
            """
        );
    }

    /// <summary>Appends a row so many times, a commit each.</summary>
    public void Append(string name, int commits)
    {
        for (var i = 0; i < commits; i++)
            Write($"{name}-{i}", $"SELECT {i} AS id", new() { TransactionId = $"{name}-{i}" });
    }

    /// <summary>Appends, with a checkpoint at each tenth commit, and tells the memory that is held after a tenth of the commits and after all.</summary>
    public void AppendAndWatch(int commits)
    {
        var clock = Stopwatch.StartNew();
        Append("first", commits / 10);
        var atFirst = Resident();
        Append("then", commits - (commits / 10));
        Measured.Print(("seconds", clock.Elapsed.TotalSeconds), ("first", atFirst), ("last", Resident()));
    }

    /// <summary>Updates so many rows, spread over the whole table.</summary>
    public void Merge(int rows) =>
        Write(
            "merge",
            Incoming(rows),
            new()
            {
                Mode = WriteMode.Merge,
                Keys = ["id"],
                TransactionId = "merge",
            }
        );

    public void MergePlain(int rows)
    {
        _connection.Execute($"CREATE TEMPORARY TABLE incoming AS {Incoming(rows)}");
        var values = Columns
            .Split(", ")
            .Select(column => $"CASE WHEN source.id IS NULL THEN target.{column} ELSE source.{column} END AS {column}");
        CopyPlain(
            $"""
            SELECT {string.Join(", ", values)} FROM {Files()} AS target LEFT JOIN incoming AS source ON target.id = source.id
            UNION ALL SELECT {Columns} FROM incoming ANTI JOIN {Files()} AS target ON target.id = incoming.id
            """
        );
    }

    public void Scan()
    {
        using var scan = _snapshot!.Scan(_connection);
        Aggregate($"({scan.Sql})");
    }

    public void ScanPlain() => Aggregate(Files());

    /// <summary>Looks at each value of each column.</summary>
    private void Aggregate(string rows)
    {
        using var result = _connection.Query($"SELECT count(*), sum(id), max(name), sum(amount), max(day), max(note) FROM {rows}");
        if (result.Rows().Count() != 1)
            throw new InvalidOperationException("The rows were not read.");
    }

    private static string Rows(long rows) =>
        $"""
            SELECT range AS id, 'customer ' || hash(range) AS name, (hash(range) % 1000000) / 100 AS amount,
                DATE '2020-01-01' + CAST(range % 1000 AS INTEGER) AS day, md5(CAST(range // 8 AS VARCHAR)) AS note FROM range({rows})
            """;

    private void CopyPlain(string sql)
    {
        var target = Directory.CreateDirectory(Path.Combine(_folder, "plain")).FullName;
        _connection.Execute($"COPY ({sql}) TO {Sql.Literal(target)} (FORMAT parquet, COMPRESSION zstd, FILE_SIZE_BYTES {128 << 20})");
    }

    private string Incoming(int rows) =>
        $"""
            SELECT CAST(range * {_snapshot!.Rows
                / rows} AS BIGINT) AS id, 'customer of late ' || range AS name, range / 7 AS amount, DATE '2026-01-01' AS day, 'changed' AS note
            FROM range({rows})
            """;

    private string Files() =>
        $"read_parquet([{string.Join(", ", _snapshot!.Files.Select(file => Sql.Literal(Path.Combine(_folder, Uri.UnescapeDataString(file.Path)))))}])";

    private void Write(string name, string sql, WriteOptions options)
    {
        if (_table.Write(_connection, sql, options).Result is not CommitResult.Committed)
            throw new InvalidOperationException($"'{name}' was not committed.");
    }

    private static void Commit(StagedWrite write)
    {
        using (write)
        {
            if (write.Commit() is not CommitResult.Committed)
                throw new InvalidOperationException("The change was not committed.");
        }
    }

    /// <summary>The memory of this process in units of 2^20 bytes, garbage taken away.</summary>
    private static double Resident()
    {
        GC.Collect();
        using var process = Process.GetCurrentProcess();
        return process.WorkingSet64 / (double)(1 << 20);
    }
}
