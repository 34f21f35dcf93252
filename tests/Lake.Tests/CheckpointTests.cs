using System.Text.Json;
using ServerlessHub.Lake.Log;

namespace ServerlessHub.Lake.Tests;

public sealed class CheckpointTests : IDisposable
{
    private readonly TestLake _lake = new();

    public void Dispose() => _lake.Dispose();

    [Fact]
    public void Every_tenth_commit_has_a_checkpoint_and_the_log_before_it_is_not_needed()
    {
        _lake.Write("SELECT 0 AS id, 'a b' AS p, [1] AS l", _lake.Options() with { PartitionBy = ["p"] });
        for (var i = 1; i <= 20; i++)
            _lake.Write($"SELECT {i} AS id, '' AS p", _lake.Options(i == 7 ? WriteMode.Overwrite : WriteMode.Append));
        var rows = _lake.Rows();
        LogChecker.CheckAll(_lake.Root, _lake.Connection);

        Assert.Equal(
            ["00000000000000000010.checkpoint.parquet", "00000000000000000020.checkpoint.parquet"],
            Directory.GetFiles(_lake.File("t/_delta_log"), "*.parquet").Select(Path.GetFileName).Order()
        );
        for (var version = 0; version < 20; version++)
            File.Delete(_lake.Commit(version));
        _lake.IsDamaged = true;
        Assert.Equal(rows, _lake.Rows());
        Assert.Equal(20, _lake.Table().TryRead()!.Version);
        Assert.Equal(1, _lake.Table().TryRead()!.TransactionVersion("run-3"));
        Assert.Contains(
            "can no longer be read",
            Assert.Throws<LakeException>(() => _lake.Table().TryRead(5)).Message,
            StringComparison.Ordinal
        );

        using var again = _lake.Table().Stage(_lake.Connection, "SELECT 1 AS id", _lake.Options() with { TransactionId = "run-3" });
        Assert.Equal(new CommitResult.AlreadyCommitted(20), again.Commit());
        _lake.Write("SELECT 99 AS id");
        Assert.Equal(rows.Length + 1, _lake.Rows().Length);
    }

    [Theory]
    [InlineData("{\"version\":10,")]
    [InlineData("{\"version\":77,\"size\":3}")]
    [InlineData("{\"version\":77,\"size\":3,\"checksum\":\"00000000000000000000000000000000\"}")]
    [InlineData("")]
    public void A_hint_that_is_wrong_is_passed_over(string content)
    {
        for (var i = 0; i <= 11; i++)
            _lake.Write($"SELECT {i} AS id");
        File.WriteAllText(_lake.File("t/_delta_log/_last_checkpoint"), content);
        _lake.IsDamaged = true;

        Assert.Equal(12, _lake.Rows().Length);
        Assert.Equal(4, _lake.Rows(version: 3).Length);
    }

    [Fact]
    public void A_hint_whose_checksum_is_not_its_own_says_nothing()
    {
        for (var i = 0; i <= 10; i++)
            _lake.Write($"SELECT {i} AS id");
        var log = new TableLog(_lake.Storage, "t");
        var path = _lake.File("t/_delta_log/_last_checkpoint");
        Assert.Equal(10, log.ReadHint());

        File.WriteAllText(path, File.ReadAllText(path).Replace("\"size\":", "\"size\":1", StringComparison.Ordinal));
        _lake.IsDamaged = true;
        Assert.Null(log.ReadHint());
    }

    /// <summary>The protocol's own example.</summary>
    [Fact]
    public void A_checksum_is_of_the_canonical_form()
    {
        using var json = JsonDocument.Parse(
            """{"k0":"'v 0'", "checksum": "adsaskfljadfkjadfkj", "k1":{"k2": 2, "k3": ["v3", [1, 2], {"k4": "v4", "k5": ["v5", "v6", "v7"]}]}}"""
        );

        Assert.Equal(
            "\"k0\"=\"%27v%200%27\",\"k1\"+\"k2\"=2,\"k1\"+\"k3\"+0=\"v3\",\"k1\"+\"k3\"+1+0=1,\"k1\"+\"k3\"+1+1=2,\"k1\"+\"k3\"+2+\"k4\"=\"v4\",\"k1\"+\"k3\"+2+\"k5\"+0=\"v5\",\"k1\"+\"k3\"+2+\"k5\"+1=\"v6\",\"k1\"+\"k3\"+2+\"k5\"+2=\"v7\"",
            JsonChecksum.Canonical(json.RootElement)
        );
        Assert.Equal("6a92d155a59bf2eecbd4b4ec7fd1f875", JsonChecksum.Of(json.RootElement));
    }

    [Theory]
    [InlineData(20)]
    [InlineData(20, 10)]
    public void Instead_of_a_damaged_checkpoint_an_older_one_or_all_commits_are_read_with_a_warning(params int[] damaged)
    {
        WriteVersions(24);
        Damage(damaged);
        if (damaged.Length == 1)
        {
            for (var version = 0; version <= 10; version++)
                File.Delete(_lake.Commit(version));
        }

        var snapshot = _lake.Table().TryRead()!;
        Assert.Equal(Enumerable.Range(0, 25).Select(id => $"{{'id': {id}}}").Order(), _lake.Rows().Order());
        Assert.Equal(damaged.Length, snapshot.Warnings.Count);
        Assert.All(damaged.Zip(snapshot.Warnings), pair => Assert.Contains(Checkpoint(pair.First), pair.Second, StringComparison.Ordinal));
        Assert.Equal(damaged.Length - 1, _lake.Table().TryRead(version: 19)!.Warnings.Count);
    }

    [Theory]
    [InlineData("{path: \"add\".path}", "size")]
    [InlineData("{size: \"add\".size}", "path")]
    [InlineData("{path: \"add\".path, size: 1, deletionVector: {storageType: 'i', pathOrInlineDv: 'x', sizeInBytes: 4}}", "cardinality")]
    public void A_checkpoint_of_which_a_file_is_incomplete_is_damaged(string file, string missing)
    {
        WriteVersions(11);
        Rewrite(10, $"SELECT * REPLACE (CASE WHEN \"add\" IS NOT NULL THEN {file} END AS \"add\")");

        Assert.Equal(12, _lake.Rows().Length);
        Assert.Contains(missing, Assert.Single(_lake.Table().TryRead()!.Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public void Fields_of_a_checkpoint_have_the_types_and_the_order_that_their_writer_chose()
    {
        WriteVersions(11);
        Rewrite(
            10,
            """
            SELECT * REPLACE (CASE WHEN "add" IS NOT NULL THEN {stats_parsed: {numRecords: 1}, size: "add".size::INTEGER, path: "add".path,
                partitionValues: MAP {}, deletionVector: NULL::STRUCT(cardinality BIGINT, storageType VARCHAR)} END AS "add")
            """
        );

        Assert.Equal(12, _lake.Rows().Length);
        Assert.Equal(12, _lake.Table().TryRead()!.Rows);
        Assert.Empty(_lake.Table().TryRead()!.Warnings);
    }

    [Fact]
    public void A_checkpoint_that_lacks_a_part_is_passed_over_though_the_hint_names_it()
    {
        WriteVersions(21);
        _lake.IsDamaged = true;
        var log = _lake.File("t/_delta_log");
        File.Move($"{log}/{Checkpoint(20)}", $"{log}/00000000000000000020.checkpoint.0000000001.0000000002.parquet");
        for (var version = 0; version < 10; version++)
            File.Delete(_lake.Commit(version));

        Assert.Equal(22, _lake.Rows().Length);
    }

    [Fact]
    public void The_next_checkpoint_stands_in_for_a_damaged_one()
    {
        WriteVersions(18);
        Damage(10);
        var table = _lake.Table();
        for (var version = 19; version <= 20; version++)
        {
            using var write = table.Stage(_lake.Connection, $"SELECT {version} AS id", _lake.Options());
            Assert.Null(Assert.IsType<CommitResult.Committed>(write.Commit()).Warning);
        }

        Assert.Empty(_lake.Table().TryRead()!.Warnings);
        Assert.Equal(21, _lake.Rows().Length);
    }

    [Fact]
    public void A_damaged_checkpoint_is_named_when_not_all_commits_before_it_are_there()
    {
        WriteVersions(21);
        Damage(10, 20);
        File.Delete(_lake.Commit(4));

        var error = Assert.Throws<LakeException>(() => _lake.Table().TryRead());
        Assert.Equal((20, $"_delta_log/{Checkpoint(20)}"), (error.Version, error.File));
        Assert.Equal(4, _lake.Rows(version: 3).Length);
    }

    [Fact]
    public void A_checkpoint_without_a_schema_or_a_protocol_is_damaged()
    {
        WriteVersions(11);
        Rewrite(10, "SELECT * REPLACE (NULL::STRUCT(id VARCHAR) AS metaData)");

        Assert.Equal(12, _lake.Rows().Length);
        Assert.Contains("metaData", Assert.Single(_lake.Table().TryRead()!.Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public void What_commits_of_others_leave_out_is_in_a_checkpoint_as_its_readers_need_it()
    {
        var table = new ForeignTable(_lake);
        table.Data("1.parquet", "SELECT 1::BIGINT AS id");
        var metadata = ForeignTable.Metadata(ForeignTable.Field("id", "long"));
        metadata["metaData"]!.AsObject().Remove("configuration");
        metadata["metaData"]!["format"]!.AsObject().Remove("options");
        var add = ForeignTable.Add("1.parquet");
        add["add"]!.AsObject().Remove("partitionValues");
        add["add"]!.AsObject().Remove("modificationTime");
        table.Commit(
            ForeignTable.Protocol(),
            metadata,
            add,
            ForeignTable.Action("domainMetadata", new() { ["domain"] = "d", ["configuration"] = "" })
        );
        new Checkpointing(_lake.Storage, "t", TimeProvider.System).Write(0);

        Assert.Equal(
            ["{'a': false, 'b': {}, 'c': {}, 'd': {}, 'e': 0}"],
            _lake.Query(
                $"""
                SELECT max(domainMetadata.removed) AS a, max(metaData.configuration) AS b, max(metaData.format.options) AS c,
                    max("add".partitionValues) AS d, max("add".modificationTime) AS e
                FROM {Engine.Sql.Literal(_lake.File($"t/_delta_log/{Checkpoint(0)}"))}
                """
            )
        );
    }

    [Fact]
    public void Typed_statistics_are_spelt_in_commits_as_other_readers_take_them()
    {
        _lake.Write(
            "SELECT TIMESTAMPTZ '2024-01-01 10:00:00.5+02' + to_days(i::INTEGER) AS t, {'u': i::FLOAT} AS s FROM range(10) r(i)",
            _lake.Options() with
            {
                Properties = new Dictionary<string, string?>
                {
                    ["delta.checkpoint.writeStatsAsStruct"] = "true",
                    ["delta.checkpoint.writeStatsAsJson"] = "false",
                    ["delta.enableDeletionVectors"] = "true",
                },
            }
        );
        new Checkpointing(_lake.Storage, "t", TimeProvider.System).Write(0);
        _lake.Delete("s.u = 3");

        Assert.Equal(
            """{"numRecords":10,"tightBounds":false,"minValues":{"t":"2024-01-01T08:00:00.500000Z","s":{"u":0.0}},"maxValues":{"t":"2024-01-10T08:00:00.500000Z","s":{"u":9.0}},"nullCount":{"t":0,"s":{"u":0}}}""",
            Assert.Single(_lake.Table().TryRead()!.Files).Action.Stats
        );
    }

    [Fact]
    public void Files_say_that_their_days_are_of_the_calendar_that_everybody_has()
    {
        var properties = new Dictionary<string, string?>
        {
            ["delta.enableChangeDataFeed"] = "true",
            ["delta.parquet.compression.codec"] = "gzip",
        };
        _lake.Write(
            "SELECT i AS id, DATE '0001-01-01' AS d, i % 2 AS p FROM range(4) t(i)",
            _lake.Options() with
            {
                PartitionBy = ["p"],
                Properties = properties,
            }
        );
        _lake.Delete("id = 1");
        new Checkpointing(_lake.Storage, "t", TimeProvider.System).Write(1);

        var files = Directory.GetFiles(_lake.File("t"), "*.parquet", SearchOption.AllDirectories);
        Assert.Equal(5, files.Length);
        var list = string.Join(", ", files.Select(Engine.Sql.Literal));
        Assert.Equal(
            ["{'files': 5, 'k': org.apache.spark.version}"],
            _lake.Query(
                $"SELECT count(*) AS files, decode(key) AS k FROM parquet_kv_metadata([{list}]) WHERE decode(value) >= '3.1' GROUP BY ALL"
            )
        );
        Assert.Equal(["{'compression': GZIP}"], _lake.Query($"SELECT DISTINCT compression FROM parquet_metadata([{list}])"));
    }

    [Fact]
    public void The_interval_is_the_tables_own()
    {
        _lake.Write("SELECT 1 AS id");
        File.WriteAllText(
            _lake.Commit(0),
            File.ReadAllText(_lake.Commit(0))
                .Replace("\"configuration\":{}", "\"configuration\":{\"delta.checkpointInterval\":\"2\"}", StringComparison.Ordinal)
        );
        for (var i = 1; i <= 4; i++)
            _lake.Write("SELECT 1 AS id");

        Assert.Equal(2, Directory.GetFiles(_lake.File("t/_delta_log"), "*.checkpoint.parquet").Length);
    }

    [Fact]
    public void Tombstones_are_forgotten_when_no_reader_can_need_them_any_more()
    {
        _lake.Write("SELECT 1 AS id");
        _lake.Write("SELECT 2 AS id", _lake.Options(WriteMode.Overwrite));
        var later = new FixedTime(DateTimeOffset.UtcNow.AddDays(8));
        new Checkpointing(_lake.Storage, "t", TimeProvider.System).Write(1);
        Assert.Single(_lake.Query(Removed(1)));

        new Checkpointing(_lake.Storage, "t", later).Write(1);
        Assert.Empty(_lake.Query(Removed(1)));
    }

    [Fact]
    public void Transactions_are_remembered_for_ever_unless_the_table_says_how_long()
    {
        _lake.Write("SELECT 1 AS id");
        var later = new FixedTime(DateTimeOffset.UtcNow.AddYears(10));
        new Checkpointing(_lake.Storage, "t", later).Write(0);
        Assert.Equal(1, _lake.Table().TryRead()!.TransactionVersion("run-1"));

        _lake.IsDamaged = true;
        File.WriteAllText(
            _lake.Commit(0),
            File.ReadAllText(_lake.Commit(0))
                .Replace(
                    "\"configuration\":{}",
                    "\"configuration\":{\"delta.setTransactionRetentionDuration\":\"interval 30 days\"}",
                    StringComparison.Ordinal
                )
        );
        File.Delete(_lake.File("t/_delta_log/00000000000000000000.checkpoint.parquet"));
        new Checkpointing(_lake.Storage, "t", later).Write(0);
        Assert.Null(_lake.Table().TryRead()!.TransactionVersion("run-1"));
    }

    [Fact]
    public void Checkpoints_in_parts_and_of_the_second_kind_are_read()
    {
        for (var i = 0; i <= 10; i++)
            _lake.Write($"SELECT {i} AS id");
        _lake.IsDamaged = true;
        var log = _lake.File("t/_delta_log");
        var classic = $"{log}/00000000000000000010.checkpoint.parquet";
        File.Delete($"{log}/_last_checkpoint");
        for (var version = 0; version < 10; version++)
            File.Delete(_lake.Commit(version));

        foreach (var part in new[] { 1, 2 })
            _lake.Connection.Execute(
                $"COPY (SELECT * FROM read_parquet('{classic}') WHERE (\"add\" IS NULL) = ({part} = 1)) TO '{log}/00000000000000000010.checkpoint.000000000{part}.0000000002.parquet'"
            );
        File.Move(classic, $"{log}/kept.parquet");
        Assert.Equal(11, _lake.Rows().Length);

        File.Delete($"{log}/00000000000000000010.checkpoint.0000000002.0000000002.parquet");
        Assert.Throws<LakeException>(() => _lake.Table().TryRead());
        File.Delete($"{log}/00000000000000000010.checkpoint.0000000001.0000000002.parquet");

        Directory.CreateDirectory($"{log}/_sidecars");
        _lake.Connection.Execute(
            $"COPY (SELECT \"add\" FROM read_parquet('{log}/kept.parquet') WHERE \"add\" IS NOT NULL) TO '{log}/_sidecars/files.parquet'"
        );
        using (
            var rows = _lake.Connection.Query(
                $"SELECT CAST(to_json({{protocol: protocol, metaData: metaData, txn: txn}}) AS VARCHAR) FROM read_parquet('{log}/kept.parquet') WHERE \"add\" IS NULL"
            )
        )
            File.WriteAllLines(
                $"{log}/00000000000000000010.checkpoint.80a083e8-7026-4e79-81be-64bd76c43a11.json",
                [
                    .. rows.Rows().Select(row => (string)row[0]!),
                    """{"checkpointMetadata":{"version":10}}""",
                    """{"sidecar":{"path":"files.parquet","sizeInBytes":1,"modificationTime":1}}""",
                ]
            );
        Assert.Equal(11, _lake.Rows().Length);
    }

    [Fact]
    public void A_checkpoint_of_the_second_kind_is_read_from_parquet_with_its_sidecars_and_passed_over_when_one_is_gone()
    {
        WriteVersions(12);
        _lake.IsDamaged = true;
        var log = _lake.File("t/_delta_log");
        var classic = $"{log}/{Checkpoint(10)}";
        Directory.CreateDirectory($"{log}/_sidecars");
        foreach (var part in new[] { 0, 1, 2 })
            _lake.Connection.Execute(
                $"""
                COPY (SELECT "add" FROM read_parquet('{classic}') WHERE "add" IS NOT NULL QUALIFY row_number() OVER (ORDER BY "add".path) % 3 = {part})
                TO '{log}/_sidecars/part {part}.parquet' (FORMAT parquet)
                """
            );
        _lake.Connection.Execute(
            $"""
            COPY (
                SELECT protocol, metaData, txn, NULL::STRUCT(version BIGINT, tags MAP(VARCHAR, VARCHAR)) AS checkpointMetadata,
                    NULL::STRUCT(path VARCHAR, sizeInBytes BIGINT, modificationTime BIGINT, tags MAP(VARCHAR, VARCHAR)) AS sidecar
                FROM read_parquet('{classic}') WHERE "add" IS NULL
                UNION ALL SELECT NULL, NULL, NULL, {"{version: 10, tags: NULL}"}, NULL
                UNION ALL SELECT NULL, NULL, NULL, NULL, {"{path: 'part%20' || range || '.parquet', sizeInBytes: 1, modificationTime: 1, tags: NULL}"} FROM range(3)
            ) TO '{log}/00000000000000000010.checkpoint.80a083e8-7026-4e79-81be-64bd76c43a11.parquet' (FORMAT parquet)
            """
        );
        File.Move(classic, $"{log}/kept.parquet");
        File.Delete($"{log}/_last_checkpoint");
        for (var version = 1; version < 10; version++)
            File.Move(_lake.Commit(version), $"{_lake.Commit(version)}.kept");

        Assert.Equal(13, _lake.Rows().Length);
        Assert.Empty(_lake.Table().TryRead()!.Warnings);
        Assert.Equal(1, _lake.Table().TryRead()!.TransactionVersion("run-3"));

        File.Delete($"{log}/_sidecars/part 1.parquet");
        Assert.Equal(10, Assert.Throws<LakeException>(() => _lake.Table().TryRead()).Version);

        for (var version = 1; version < 10; version++)
            File.Move($"{_lake.Commit(version)}.kept", _lake.Commit(version));
        Assert.Equal(13, _lake.Rows().Length);
        Assert.Single(_lake.Table().TryRead()!.Warnings);
    }

    /// <summary>Versions up to one, each with a row of its number.</summary>
    private void WriteVersions(int last)
    {
        for (var version = 0; version <= last; version++)
            _lake.Write($"SELECT {version} AS id");
    }

    private void Damage(params int[] checkpoints)
    {
        _lake.IsDamaged = true;
        foreach (var version in checkpoints)
            File.WriteAllText(_lake.File($"t/_delta_log/{Checkpoint(version)}"), "this is no Parquet");
    }

    /// <summary>Writes a checkpoint anew as another writer might have.</summary>
    private void Rewrite(int version, string select)
    {
        _lake.IsDamaged = true;
        var path = _lake.File($"t/_delta_log/{Checkpoint(version)}");
        _lake.Connection.Execute($"COPY ({select} FROM read_parquet('{path}')) TO '{path}.new' (FORMAT parquet)");
        File.Move($"{path}.new", path, overwrite: true);
    }

    private static string Checkpoint(int version) => $"{version:D20}.checkpoint.parquet";

    private string Removed(long version) =>
        $"SELECT remove.path AS path FROM read_parquet('{_lake.File($"t/_delta_log/{version:D20}.checkpoint.parquet")}') WHERE remove IS NOT NULL";
}
