using System.Text.Json.Nodes;

namespace ServerlessHub.Lake.Tests;

/// <summary>Tables whose rows are numbered, and clustered ones; that no number is given twice is checked of every table when a test ends.</summary>
public sealed class RowTrackingTests : IDisposable
{
    private const string Domain = """{"domain":"delta.rowTracking","configuration":"{\"rowIdHighWaterMark\":99}","removed":false}""";

    private const string IdColumn = "_row-id-col-1";
    private const string VersionColumn = "_row-commit-version-col-1";

    private readonly TestLake _lake = new();

    public void Dispose() => _lake.Dispose();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Each_file_gets_a_range_of_numbers_above_all_that_were_given(bool vectors)
    {
        _lake.Write("SELECT i AS id, 'a' AS v FROM range(10) t(i)", Options(vectors));
        Track();
        _lake.Write("SELECT i AS id, 'b' AS v FROM range(10, 15) t(i)");
        Assert.Equal((0L, 2L, 4L), (Adds()[0].Id, Adds()[0].Version, HighWaterMark()));
        _lake.Write("SELECT 2 AS id, 'c' AS v UNION ALL SELECT 99, 'd'", _lake.Merge("id"));
        var afterMerge = HighWaterMark();
        Assert.True(afterMerge > 4);
        _lake.Delete("id = 12");
        _lake.Write("SELECT i AS id, 'e' AS v FROM range(3) t(i)", _lake.Options(WriteMode.Overwrite));
        using (var connection = _lake.Connect())
            _lake.Table().Optimize(connection, new());
        TestLake.Commit(_lake.Table().StageRestore(_lake.Options(), version: 2));

        Assert.Equal(15, _lake.Rows().Length);
        Assert.All(_lake.Table().TryRead()!.Files, file => Assert.NotNull(file.Action.BaseRowId));
    }

    [Fact]
    public void Writers_at_once_give_no_number_twice()
    {
        _lake.Write("SELECT 0::BIGINT AS id");
        Track();
        using var first = _lake.Table().Stage(_lake.Connection, "SELECT i AS id FROM range(5) t(i)", _lake.Options());
        using var second = _lake.Table().Stage(_lake.Connection, "SELECT i AS id FROM range(7) t(i)", _lake.Options());
        Assert.IsType<CommitResult.Committed>(second.Commit());
        Assert.IsType<CommitResult.Committed>(first.Commit());

        Assert.Equal((7L, 3L, 11L), (Adds()[0].Id, Adds()[0].Version, HighWaterMark()));
    }

    [Fact]
    public void A_commit_says_whether_rows_keep_their_numbers()
    {
        _lake.Write("SELECT i AS id FROM range(10) t(i)");
        Track();
        _lake.Write("SELECT 11 AS id");
        Assert.Equal("true", Preserved());
        _lake.Delete("id = 3");
        Assert.Equal("false", Preserved());
    }

    [Theory]
    [InlineData(false, null, null)]
    [InlineData(true, null, "true")]
    [InlineData(false, "name", "true")]
    [InlineData(true, "id", null)]
    public void A_row_keeps_its_number_wherever_it_comes_to_lie_and_tells_when_it_was_changed(bool vectors, string? mapping, string? feed)
    {
        var options = Options(vectors, ("delta.columnMapping.mode", mapping), ("delta.enableChangeDataFeed", feed));
        _lake.Write("SELECT i AS id, 'a' AS v, {'x': i} AS s, 1 AS p FROM range(0) t(i)", options with { PartitionBy = ["p"] });
        Track(
            ("delta.enableRowTracking", "true"),
            ("delta.rowTracking.materializedRowIdColumnName", IdColumn),
            ("delta.rowTracking.materializedRowCommitVersionColumnName", VersionColumn)
        );
        _lake.Write("SELECT i AS id, 'a' AS v, {'x': i} AS s, 1 AS p FROM range(10) t(i)");
        _lake.Write("SELECT 2 AS id, 'c' AS v, {'x': 3} AS s, 1 AS p UNION ALL SELECT 99, 'd', NULL, 1", _lake.Merge("id"));
        Assert.Equal("true", Preserved());
        var inserted = Numbers().Single(row => row.Id == 99).Number;
        _lake.Delete("id = 5");
        _lake.Update(new() { ["v"] = "'e'" }, "id = 7");
        Assert.Equal("true", Preserved());
        var expected = Enumerable
            .Range(0, 10)
            .Where(id => id != 5)
            .Select(id =>
                (
                    (long)id,
                    (long)id,
                    id switch
                    {
                        2 => 3L,
                        7 => 5,
                        _ => 2,
                    }
                )
            )
            .Append((99, inserted, 3));
        Assert.Equal(expected, Numbers());

        using var connection = _lake.Connect();
        _lake.Write("SELECT 100 AS id, 'a' AS v, {'x': 1} AS s, 1 AS p");
        Assert.Equal(1, _lake.Table().Optimize(connection, new()).Commits);
        Assert.Equal(expected, Numbers().Where(row => row.Id < 100));
        Assert.Equal("true", Preserved());
        Assert.Equal(1, _lake.Table().Optimize(connection, new() { ClusterBy = ["v", "id"] }).Commits);
        Assert.Equal(expected, Numbers().Where(row => row.Id < 100));
        TestLake.Commit(_lake.Table().StageRestore(_lake.Options(), version: 5));
        Assert.Equal(expected, Numbers());
        Assert.Equal(
            "{'id': 7, 'v': e, 's': {'x': 7}, 'p': 1}",
            _lake.Rows().Single(row => row.Contains("'v': e", StringComparison.Ordinal))
        );
    }

    [Fact]
    public void Numbers_are_not_given_while_the_table_says_so()
    {
        _lake.Write("SELECT 1 AS id");
        Track(("delta.rowTrackingSuspended", "true"));
        _lake.Write("SELECT 2 AS id");

        Assert.Null(Adds()[0].Id);
    }

    [Fact]
    public void Domains_of_others_are_carried_on_and_what_they_gave_is_not_given_again()
    {
        var table = new ForeignTable(_lake);
        table.Data("1.parquet", "SELECT 1::BIGINT AS id");
        table.Commit(
            Protocol("rowTracking", "domainMetadata", "clustering"),
            ForeignTable.Metadata(ForeignTable.Field("id", "long"), null, ("delta.checkpointInterval", "2")),
            ForeignTable.Action("domainMetadata", JsonNode.Parse(Domain)!.AsObject()),
            ForeignTable.Action(
                "domainMetadata",
                new()
                {
                    ["domain"] = "their.own",
                    ["configuration"] = "{\"a\":1}",
                    ["removed"] = false,
                }
            ),
            ForeignTable.Add("1.parquet", stats: """{"numRecords":1}""")
        );
        _lake.Write("SELECT 2 AS id");
        Assert.Equal((100L, 100L), (Adds()[0].Id, HighWaterMark()));
        _lake.Write("SELECT 3 AS id");
        File.Delete(_lake.Commit(0));
        File.Delete(_lake.Commit(1));

        var domains = _lake.Table().TryRead()!.State.Domains.ToDictionary(domain => domain.Domain, domain => domain.Configuration);
        Assert.Equal("{\"a\":1}", domains["their.own"]);
        Assert.Equal("""{"rowIdHighWaterMark":101}""", domains["delta.rowTracking"]);
    }

    [Fact]
    public void A_file_that_comes_back_without_a_number_of_rows_is_refused()
    {
        var table = new ForeignTable(_lake);
        table.Data("1.parquet", "SELECT 1::BIGINT AS id");
        table.Commit(
            Protocol("rowTracking", "domainMetadata"),
            ForeignTable.Metadata(ForeignTable.Field("id", "long")),
            ForeignTable.Add("1.parquet")
        );
        _lake.Write("SELECT 2::BIGINT AS id", _lake.Options(WriteMode.Overwrite));

        using var restore = _lake.Table().StageRestore(_lake.Options(), version: 0);
        var error = Assert.Throws<LakeException>(() => restore.Commit());
        Assert.Equal("1.parquet", error.File);
        Assert.Equal(["{'id': 2}"], _lake.Rows());
    }

    [Theory]
    [InlineData("[\"c40\"]")]
    [InlineData("[[\"c40\"]]")]
    public void A_clustered_table_has_statistics_of_its_columns_and_what_others_ordered_stays(string columns)
    {
        var names = string.Join(", ", Enumerable.Range(0, 42).Select(column => $"i AS c{column}"));
        _lake.Write($"SELECT {names} FROM range(100) t(i)");
        Cluster(columns);
        _lake.Write($"SELECT {names} FROM range(100, 200) t(i)");

        var nulls = JsonNode.Parse(
            _lake.Table().TryRead()!.Files.Single(file => file.Action.Stats!.Contains("c40", StringComparison.Ordinal)).Action.Stats!
        );
        Assert.Equal(33, nulls!["nullCount"]!.AsObject().Count);
        using var connection = _lake.Connect();
        Assert.Equal(2, _lake.Table().Optimize(connection, new() { ClusterBy = ["c40"] }).FilesRemoved);
        Assert.Equal("serverlesshub", Assert.Single(_lake.Table().TryRead()!.Files).Action.ClusteringProvider);
        _lake.IsDamaged = true;
        var commit = _lake.Commit(_lake.Table().TryRead()!.Version);
        File.WriteAllText(commit, File.ReadAllText(commit).Replace("serverlesshub", "liquid", StringComparison.Ordinal));
        _lake.Write($"SELECT {names} FROM range(200, 210) t(i)");
        _lake.Write($"SELECT {names} FROM range(210, 220) t(i)");
        Assert.Equal(2, _lake.Table().Optimize(connection, new()).FilesRemoved);
        Assert.Equal(["liquid", null], _lake.Table().TryRead()!.Files.Select(file => file.Action.ClusteringProvider).OrderDescending());
    }

    [Fact]
    public void Files_without_statistics_of_a_column_that_the_table_is_clustered_by_since_then_are_not_committed()
    {
        var names = string.Join(", ", Enumerable.Range(0, 42).Select(column => $"i AS c{column}"));
        _lake.Write($"SELECT {names} FROM range(10) t(i)");
        using var late = _lake.Table().Stage(_lake.Connection, $"SELECT {names} FROM range(20) t(i)", _lake.Options());
        Cluster("[\"c40\"]");
        // Whoever changes them alone writes no metadata.
        var commit = File.ReadAllLines(_lake.Commit(1)).Where(line => !line.Contains("\"metaData\"", StringComparison.Ordinal));
        File.WriteAllLines(_lake.Commit(1), commit.Where(line => !line.Contains("\"protocol\"", StringComparison.Ordinal)));
        _lake.IsDamaged = true;

        Assert.Contains("clustered", Assert.IsType<CommitResult.Conflicted>(late.Commit()).Reason, StringComparison.Ordinal);
    }

    private WriteOptions Options(bool vectors, params (string Name, string? Value)[] others) =>
        _lake.Options() with
        {
            Properties = new Dictionary<string, string?>(others.ToDictionary(other => other.Name, other => other.Value))
            {
                ["delta.enableDeletionVectors"] = vectors ? "true" : null,
                ["delta.checkpointInterval"] = "2",
            },
        };

    /// <summary>Of each row its key, its number and its version, from the files and the log, as the protocol says.</summary>
    private List<(long Id, long Number, long Version)> Numbers()
    {
        var snapshot = _lake.Table().TryRead()!;
        using var live = snapshot.Scan(_lake.Connection, snapshot.Files, ["id"], fileColumn: "file", rowColumn: "row");
        var rows = new List<(long, long, long)>();
        foreach (var file in snapshot.Files)
        {
            var path = Engine.Sql.Literal(_lake.File($"t/{file.Path}"));
            using var schema = _lake.Connection.Prepare($"SELECT * FROM read_parquet({path})");
            string Kept(string name) => schema.Columns.Any(column => column.Name == name) ? $"\"{name}\"" : "CAST(NULL AS BIGINT)";
            using var result = _lake.Connection.Query(
                $"""
                SELECT key, coalesce({Kept(IdColumn)}, {file.Action.BaseRowId} + row), coalesce({Kept(
                    VersionColumn
                )}, {file.Action.DefaultRowCommitVersion})
                FROM (SELECT id AS key, row, file FROM ({live.Sql})) JOIN read_parquet({path}, file_row_number = true) ON row = file_row_number AND file = {path}
                """
            );
            rows.AddRange(result.Rows().Select(row => ((long)row[0]!, (long)row[1]!, (long)row[2]!)));
        }
        return [.. rows.Order()];
    }

    private void Track(params (string Name, string Value)[] properties)
    {
        _lake.Alter("domainMetadata", _ => { });
        _lake.Alter(
            "rowTracking",
            metadata =>
            {
                foreach (var (name, value) in properties)
                    metadata["configuration"]![name] = value;
            }
        );
        File.Delete(_lake.Commit(1));
        File.Move(_lake.Commit(2), _lake.Commit(1));
    }

    private void Cluster(string columns)
    {
        _lake.Alter("clustering", _ => { });
        var configuration = new JsonObject { ["clusteringColumns"] = JsonNode.Parse(columns) }.ToJsonString();
        var domain = new JsonObject
        {
            ["domain"] = "delta.clustering",
            ["configuration"] = configuration,
            ["removed"] = false,
        };
        File.AppendAllText(_lake.Commit(1), new JsonObject { ["domainMetadata"] = domain }.ToJsonString() + "\n");
    }

    private static JsonObject Protocol(params string[] features) =>
        ForeignTable.Action(
            "protocol",
            new()
            {
                ["minReaderVersion"] = 1,
                ["minWriterVersion"] = 7,
                ["writerFeatures"] = new JsonArray([.. features.Select(feature => (JsonNode)feature)]),
            }
        );

    private List<(long? Id, long? Version)> Adds() =>
        [.. Newest("add").Select(add => (add["baseRowId"]?.GetValue<long>(), add["defaultRowCommitVersion"]?.GetValue<long>()))];

    private long HighWaterMark() =>
        JsonNode.Parse(Newest("domainMetadata").Single()["configuration"]!.ToString())!["rowIdHighWaterMark"]!.GetValue<long>();

    private string Preserved() => Newest("commitInfo").Single()["tags"]!["delta.rowTracking.preserved"]!.ToString();

    private List<JsonNode> Newest(string action) =>
        [
            .. File.ReadLines(_lake.Commit(_lake.Table().TryRead()!.Version))
                .Select(line => JsonNode.Parse(line)![action])
                .OfType<JsonNode>(),
        ];
}
