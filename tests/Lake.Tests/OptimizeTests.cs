using System.Text.Json.Nodes;
using ServerlessHub.Engine;
using ServerlessHub.Lake.Maintenance;

namespace ServerlessHub.Lake.Tests;

public sealed class OptimizeTests : IDisposable
{
    private readonly TestLake _lake = new();

    public void Dispose() => _lake.Dispose();

    [Fact]
    public void Small_files_become_one_and_no_row_changes()
    {
        for (var i = 0; i < 8; i++)
            _lake.Write($"SELECT {i} AS i, 'row {i}' AS text");
        var before = _lake.Rows();

        var result = Optimize();

        Assert.Equal((1, 8, 1, 8), (result.FilesAdded, result.FilesRemoved, result.Commits, (int)result.Rows));
        Assert.Equal(_lake.Table().TryRead()!.Files.Single().Size, result.BytesAdded);
        Assert.Equal(before, _lake.Rows());
        Assert.Equal(before, _lake.Rows(7));
        Assert.Equal(0, Optimize().Commits);
    }

    [Fact]
    public void Files_of_different_partitions_stay_apart()
    {
        for (var i = 0; i < 4; i++)
            _lake.Write(
                """
                SELECT * FROM (VALUES (1, 'a', DATE '2024-01-31'), (2, 'é/ %', NULL), (3, NULL, DATE '2024-02-01')) t(n, "p-q", d)
                """,
                _lake.Options() with
                {
                    PartitionBy = ["p-q", "d"],
                }
            );
        var before = _lake.Rows();

        var result = Optimize();

        Assert.Equal((3, 12, 1), (result.FilesAdded, result.FilesRemoved, result.Commits));
        Assert.Equal(before, _lake.Rows());
        Assert.Equal(4, _lake.Table().TryRead()!.Matching([new("p-q", "a", "a")]).Single().Rows);
    }

    [Fact]
    public void Only_partitions_for_which_the_condition_is_true_are_touched()
    {
        for (var i = 0; i < 3; i++)
            _lake.Write("SELECT i, i % 4 AS p FROM range(8) t(i)", _lake.Options() with { PartitionBy = ["p"] });

        var result = Optimize(new() { Where = "p >= 2 AND p <> 3" });

        Assert.Equal((1, 3, 3), (result.FilesAdded, result.FilesRemoved, result.FilesConsidered));
        Assert.Equal(10, _lake.Table().TryRead()!.Files.Count);
        Assert.Equal("""["p >= 2 AND p <> 3"]""", _lake.Table().History()[0].Parameters["predicate"]);
    }

    [Theory]
    [InlineData("i = 1")]
    [InlineData("p =")]
    public void A_condition_that_is_none_on_the_partition_columns_is_refused(string condition)
    {
        _lake.Write("SELECT 1 AS i, 2 AS p", _lake.Options() with { PartitionBy = ["p"] });

        var error = Assert.Throws<LakeException>(() => Optimize(new() { Where = condition }));

        Assert.Contains("not one on its partition columns (p)", error.Message, StringComparison.Ordinal);
        Assert.Contains(
            "no partitions",
            Assert
                .Throws<LakeException>(() =>
                {
                    _lake.Write("SELECT 1 AS i", path: "u");
                    _lake.Table("u").Optimize(_lake.Connection, new() { Where = "i = 1" });
                })
                .Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void A_file_with_many_deleted_rows_is_written_anew_without_them()
    {
        _lake.Write(
            "SELECT i, md5(i::VARCHAR) AS text FROM range(200000) t(i)",
            _lake.Options() with
            {
                Properties = new Dictionary<string, string?> { ["delta.enableDeletionVectors"] = "true" },
            }
        );
        _lake.Delete("i % 10 = 3");
        Assert.NotNull(_lake.Table().TryRead()!.Files.Single().Action.DeletionVector);

        var result = Optimize(new() { TargetFileSize = 1 });

        Assert.Equal((1, 1, 180_000L, 1), (result.FilesAdded, result.FilesRemoved, result.Rows, result.DeletionVectorsRemoved));
        Assert.Null(_lake.Table().TryRead()!.Files.Single().Action.DeletionVector);
        Assert.Equal(180_000, _lake.Table().TryRead()!.Rows);
        Assert.Equal(0, Optimize(new() { TargetFileSize = 1 }).Commits);
    }

    [Fact]
    public void The_commit_says_what_Spark_says_of_an_optimization_and_that_no_data_changed()
    {
        _lake.Write("SELECT 1 AS i");
        _lake.Write("SELECT 2 AS i");
        Optimize(new() { CommitInfo = new Dictionary<string, string> { ["userName"] = "me" } });

        var lines = File.ReadLines(_lake.Commit(2)).Select(line => JsonNode.Parse(line)!).ToList();
        var info = lines[0]["commitInfo"]!;
        Assert.Equal("OPTIMIZE", info["operation"]!.ToString());
        Assert.Equal("""{"predicate":"[]","zOrderBy":"[]","clusterBy":"[]","auto":false}""", info["operationParameters"]!.ToJsonString());
        Assert.Equal("SnapshotIsolation", info["isolationLevel"]!.ToString());
        Assert.Equal("me", info["userName"]!.ToString());
        Assert.Equal("2", info["operationMetrics"]!["numRemovedFiles"]!.ToString());
        Assert.Equal(info["operationMetrics"]!["numAddedBytes"]!.ToString(), info["operationMetrics"]!["p50FileSize"]!.ToString());
        Assert.All(lines.Skip(1), line => Assert.False((line["add"] ?? line["remove"])!["dataChange"]!.GetValue<bool>()));
    }

    [Fact]
    public void An_append_only_table_is_optimized_and_its_change_feed_shows_nothing()
    {
        _lake.Write(
            "SELECT 1 AS i",
            _lake.Options() with
            {
                Properties = new Dictionary<string, string?> { ["delta.appendOnly"] = "true", ["delta.enableChangeDataFeed"] = "true" },
            }
        );
        _lake.Write("SELECT 2 AS i");

        Assert.Equal(1, Optimize().FilesAdded);

        using var changes = _lake.Table().Changes(_lake.Connection, 2, 2);
        Assert.Empty(_lake.Query($"SELECT * FROM ({changes.Sql})"));
    }

    [Fact]
    public void What_others_add_while_files_are_put_together_is_no_conflict()
    {
        _lake.Write("SELECT 1 AS i");
        _lake.Write("SELECT 2 AS i");
        var begun = false;
        var result = Racing(() =>
        {
            if (!begun)
                _lake.Write("SELECT 3 AS i");
            begun = true;
        });

        Assert.Equal((1, 2, 1), (result.FilesAdded, result.FilesRemoved, result.Commits));
        Assert.Equal(["{'i': 1}", "{'i': 2}", "{'i': 3}"], _lake.Rows());
        Assert.Equal(2, _lake.Table().TryRead()!.Files.Count);
    }

    [Fact]
    public void When_a_file_goes_meanwhile_the_others_are_put_together_without_it()
    {
        for (var i = 0; i < 4; i++)
            _lake.Write($"SELECT {i} AS i");
        var begun = false;
        var result = Racing(() =>
        {
            if (!begun)
                _lake.Delete("i = 2");
            begun = true;
        });

        Assert.Equal((1, 3, 1), (result.FilesAdded, result.FilesRemoved, result.Commits));
        Assert.Equal(["{'i': 0}", "{'i': 1}", "{'i': 3}"], _lake.Rows());
        Assert.Equal(4 + 1, Directory.GetFiles(_lake.File("t"), "*.parquet").Length);
    }

    [Fact]
    public void It_gives_up_when_others_are_always_faster_and_leaves_no_files()
    {
        for (var i = 0; i < 13; i++)
            _lake.Write($"SELECT {i} AS i");
        var next = 0;
        var result = Racing(() => _lake.Delete($"i = {next++}"));

        Assert.Equal((0, 0), (result.Commits, result.FilesAdded));
        Assert.Equal(12 + 10, result.Conflict?.Version);
        Assert.Equal(13, Directory.GetFiles(_lake.File("t"), "*.parquet").Length);
    }

    [Fact]
    public void Searching_by_either_column_opens_fewer_files_once_rows_are_clustered()
    {
        _lake.Write(
            "SELECT (random() * 1000)::INTEGER AS x, md5((i % 997)::VARCHAR) AS y, i FROM range(100000) t(i)",
            _lake.Options() with
            {
                Properties = new Dictionary<string, string?> { ["delta.targetFileSize"] = "16kb" },
            }
        );
        var rows = Sum();
        Optimize(new() { ClusterBy = ["i"] });
        var (byX, byY) = Matching();
        Assert.Equal((byX.All, byX.All), (byX.Match, byY.Match));

        var result = Optimize(new() { ClusterBy = ["x", "Y"] });

        (byX, byY) = Matching();
        Assert.Equal((100_000, byX.All), (result.Rows, result.FilesAdded));
        Assert.InRange(byX.All, 10, 80);
        Assert.True(byX.Match * 2 <= byX.All, $"{byX.Match} of {byX.All} files hold a value of x");
        Assert.True(byY.Match * 2 <= byY.All, $"{byY.Match} of {byY.All} files hold a value of y");
        Assert.Equal(rows, Sum());
        Assert.Equal("""["x","Y"]""", _lake.Table().History()[0].Parameters["zOrderBy"]);
    }

    [Fact]
    public void What_is_clustered_is_left_alone_until_about_as_much_was_added()
    {
        var options = _lake.Options() with { Properties = new Dictionary<string, string?> { ["delta.targetFileSize"] = "20kb" } };
        _lake.Write("SELECT i, hash(i) AS h FROM range(20000) t(i)", options);
        var first = Optimize(new() { ClusterBy = ["h", "i"] });
        Assert.Equal(20_000, first.Rows);
        Assert.Equal(0, Optimize(new() { ClusterBy = ["h", "i"] }).Commits);

        _lake.Write("SELECT i, hash(i) AS h FROM range(20000, 21000) t(i)");
        Assert.Equal(1_000, Optimize(new() { ClusterBy = ["h", "i"] }).Rows);

        _lake.Write("SELECT i, hash(i) AS h FROM range(21000, 35000) t(i)");
        Assert.Equal(35_000, Optimize(new() { ClusterBy = ["h", "i"] }).Rows);
    }

    [Fact]
    public void Columns_of_any_type_order_rows()
    {
        _lake.Write(
            """
            SELECT i, CASE WHEN i % 7 > 0 THEN i::DOUBLE / 3 END AS d, 'it''s ' || chr(0) || i AS s, DATE '2020-01-01' + i::INTEGER AS day,
                TIMESTAMPTZ '2020-01-01 00:00:00+00' + INTERVAL (i) HOUR AS at, encode(i::VARCHAR) AS b, i::DECIMAL(20, 3) AS n, i % 2 = 0 AS f
            FROM range(5000) t(i)
            """
        );
        var before = Sum();

        Optimize(new() { ClusterBy = ["d", "s", "day", "at", "b", "n", "f"], TargetFileSize = 10_000 });

        Assert.Equal(before, Sum());
        Assert.Equal(5000, _lake.Table().TryRead()!.Rows);
    }

    [Theory]
    [InlineData("z", "none of its columns")]
    [InlineData("p", "partitioned by that")]
    [InlineData("l", "have no order")]
    public void A_column_that_rows_cannot_be_clustered_by_is_refused(string column, string hint)
    {
        _lake.Write("SELECT 1 AS i, 2 AS p, [1] AS l", _lake.Options() with { PartitionBy = ["p"] });

        var error = Assert.Throws<LakeException>(() => Optimize(new() { ClusterBy = [column] }));
        Assert.Contains(hint, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(2, 4)]
    [InlineData(3, 3)]
    [InlineData(4, 2)]
    public void Neighbours_on_the_curve_are_neighbours_in_space(int dimensions, int bits)
    {
        var count = 1 << (dimensions * bits);
        var points = new int[count][];
        for (var cell = 0; cell < count; cell++)
        {
            var point = Enumerable.Range(0, dimensions).Select(axis => (cell >> (axis * bits)) & ((1 << bits) - 1)).ToArray();
            var place = HilbertCurve.Place([.. point], bits);
            Assert.Null(points[place]);
            points[place] = point;
        }
        Assert.All(
            points.Zip(points.Skip(1)),
            step => Assert.Equal(1, step.First.Zip(step.Second, (from, to) => Math.Abs(from - to)).Sum())
        );
    }

    [Fact]
    public void A_closed_in_database_optimizes_too()
    {
        for (var i = 0; i < 3; i++)
            _lake.Write($"SELECT {i} AS i, {i} AS j");
        using var database = Database.Open();
        database.Seal(_lake.Table().AllowedPaths, _lake.Table().AllowedPaths);
        using var connection = database.Connect();

        Assert.Equal(1, _lake.Table().Optimize(connection, new()).FilesAdded);
        Assert.Equal(1, _lake.Table().Optimize(connection, new() { ClusterBy = ["i", "j"] }).FilesAdded);
        Assert.Equal(3, _lake.Rows().Length);
    }

    private OptimizeResult Optimize(OptimizeOptions? options = null) => _lake.Table().Optimize(_lake.Connection, options ?? new());

    /// <summary>Optimizes while somebody else commits first, each time.</summary>
    private OptimizeResult Racing(Action race)
    {
        var table = _lake.Table();
        var clock = new RacingClock(race);
        return new Optimization(_lake.Storage, "t", clock, _lake.Connection, new()).Run(table.TryRead()!, Enter, default);

        (IDisposable?, Snapshot) Enter()
        {
            clock.IsSet = true;
            return (null, table.TryRead()!);
        }
    }

    private string[] Sum()
    {
        using var scan = _lake.Table().TryRead()!.Scan(_lake.Connection);
        return _lake.Query($"SELECT count(*) AS rows, sum(hash(t)) AS hash FROM ({scan.Sql}) AS t");
    }

    private ((int Match, int All) ByX, (int Match, int All) ByY) Matching()
    {
        var snapshot = _lake.Table().TryRead()!;
        return (
            (snapshot.Matching([new("x", "500", "500")]).Count, snapshot.Files.Count),
            (snapshot.Matching([new("y", "8", "8f")]).Count, snapshot.Files.Count)
        );
    }

    /// <summary>Asked for the time when files are written, and later when nobody else may commit.</summary>
    private sealed class RacingClock(Action race) : TimeProvider
    {
        public bool IsSet { get; set; }

        public override DateTimeOffset GetUtcNow()
        {
            if (IsSet)
            {
                IsSet = false;
                race();
            }
            return base.GetUtcNow();
        }
    }
}
