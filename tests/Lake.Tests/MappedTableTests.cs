using System.Text.Json.Nodes;

namespace ServerlessHub.Lake.Tests;

/// <summary>Writing to tables whose columns have other names in their files; the files and the log are checked when a test ends.</summary>
public sealed class MappedTableTests : IDisposable
{
    private const string Mode = "delta.columnMapping.mode";

    private readonly TestLake _lake = new();

    public void Dispose() => _lake.Dispose();

    [Theory]
    [InlineData("name", true)]
    [InlineData("id", true)]
    [InlineData("name", false)]
    [InlineData("id", false)]
    public void Every_kind_of_write_goes_to_a_mapped_table(string mode, bool vectors)
    {
        _lake.Write(
            """
            SELECT i AS "the id", CASE i % 3 WHEN 0 THEN NULL ELSE 'p ' || i % 3 END AS "in (part)", {'a b': i, l: [{'c;d': i}]} AS s,
                MAP {'k': {'e=f': i}} AS m, i * 1.5 AS v FROM range(30) t(i)
            """,
            Options(mode, vectors) with
            {
                PartitionBy = ["in (part)"],
            }
        );
        _lake.Write(
            """SELECT i AS "the id", 'p 1' AS "in (part)", {'a b': -i, l: [{'c;d': -i}]} AS s, MAP {'k': {'e=f': -i}} AS m, 0.5 AS v FROM range(29, 32) t(i)""",
            _lake.Merge("the id")
        );
        _lake.Delete("\"the id\" = 4 OR s.\"a b\" = 5");
        _lake.Update(new() { ["v"] = "v + s.\"a b\"", ["in (part)"] = "'new'" }, "\"the id\" IN (1, 2)");
        _lake.Write(
            "SELECT 100 AS \"the id\", 'p 2' AS \"in (part)\"",
            _lake.Options(WriteMode.OverwriteWhere) with
            {
                ReplaceWhere = "\"in (part)\" = 'p 2'",
            }
        );
        _lake.Write("SELECT 101 AS \"the id\", 'new' AS \"in (part)\"", _lake.Options(WriteMode.OverwritePartitions));
        var rows = _lake.Rows();
        using (var turn = _lake.Connect())
            Assert.True(_lake.Table().Optimize(turn, new()).FilesRemoved > 0);

        Assert.Equal(rows, _lake.Rows());
        Assert.Equal(
            [
                "{'the id': 30, 'in (part)': p 1, 's': {'a b': -30, 'l': [{'c;d': -30}]}, 'm': {k={'e=f': -30}}, 'v': 0.5}",
                "{'the id': 31, 'in (part)': p 1, 's': {'a b': -31, 'l': [{'c;d': -31}]}, 'm': {k={'e=f': -31}}, 'v': 0.5}",
                "{'the id': 100, 'in (part)': p 2, 's': NULL, 'm': NULL, 'v': NULL}",
                "{'the id': 101, 'in (part)': new, 's': NULL, 'm': NULL, 'v': NULL}",
            ],
            rows.Where(row =>
                    row.Contains("'the id': 3", StringComparison.Ordinal) || row.Contains("'the id': 10", StringComparison.Ordinal)
                )
                .Where(row =>
                    !row.Contains("'the id': 3,", StringComparison.Ordinal) && !row.Contains("'the id': 10,", StringComparison.Ordinal)
                )
                .OrderBy(row => row.Length)
                .ThenBy(row => row, StringComparer.Ordinal)
                .OrderBy(row => row.IndexOf("NULL", StringComparison.Ordinal))
        );
        Assert.Empty(_lake.Table().TryRead()!.Matching([new("the id", "200", null)]));
        using var changes = _lake.Table().Changes(_lake.Connection, 1);
        Assert.Contains("{'the id': 4, '_change_type': delete}", _lake.Query($"SELECT \"the id\", _change_type FROM ({changes.Sql})"));
    }

    [Fact]
    public void A_column_that_is_added_gets_a_name_and_a_number_that_no_column_ever_had()
    {
        _lake.Write("SELECT 1 AS a, {x: 1} AS s", Options("name"));
        Assert.Equal("3", Property("delta.columnMapping.maxColumnId"));
        _lake.Write("SELECT 2 AS a, {x: 2, \"y z\": 'y'} AS s, [{q: 1}] AS \"new one\"", _lake.Options() with { EvolveSchema = true });

        Assert.Equal("6", Property("delta.columnMapping.maxColumnId"));
        Assert.Equal(
            ["{'a': 1, 's': {'x': 1, 'y z': NULL}, 'new one': NULL}", "{'a': 2, 's': {'x': 2, 'y z': y}, 'new one': [{'q': 1}]}"],
            _lake.Rows()
        );
        TestLake.Commit(_lake.Table().StageRestore(_lake.Options(), version: 0));
        Assert.Equal("6", Property("delta.columnMapping.maxColumnId"));
        _lake.Write("SELECT 3 AS a, 'other' AS \"new one\"", _lake.Options() with { EvolveSchema = true });
        Assert.Equal("7", Property("delta.columnMapping.maxColumnId"));
        Assert.Equal(["{'a': 1, 's': {'x': 1}, 'new one': NULL}", "{'a': 3, 's': NULL, 'new one': other}"], _lake.Rows());
    }

    [Fact]
    public void A_mapping_is_turned_on_for_a_table_that_is_there_and_stays_when_an_older_version_is_restored()
    {
        _lake.Write("SELECT 1 AS a, {x: 1} AS s, 'p' AS p", _lake.Options() with { PartitionBy = ["p"] });
        Set("name");
        _lake.Write("SELECT 2 AS a, {x: 2} AS s, 'p' AS p, 'z' AS \"with space\"", _lake.Options() with { EvolveSchema = true });

        var protocol = _lake.Table().TryRead()!.Protocol;
        Assert.Equal((3, 7), (protocol.MinReaderVersion, protocol.MinWriterVersion));
        Assert.Equal(["appendOnly", "columnMapping", "invariants"], protocol.WriterFeatures!.Order());
        Assert.Equal(
            ["{'a': 1, 's': {'x': 1}, 'p': p, 'with space': NULL}", "{'a': 2, 's': {'x': 2}, 'p': p, 'with space': z}"],
            _lake.Rows()
        );
        TestLake.Commit(_lake.Table().StageRestore(_lake.Options(), version: 0));
        _lake.Write("SELECT 3 AS a, {x: 3} AS s, 'q' AS p");
        Assert.Equal("name", Property(Mode));
        Assert.Equal(["{'a': 1, 's': {'x': 1}, 'p': p}", "{'a': 3, 's': {'x': 3}, 'p': q}"], _lake.Rows());
        Assert.Equal("5", Property("delta.columnMapping.maxColumnId"));
    }

    [Theory]
    [InlineData("none", "id", "can be turned on, by name")]
    [InlineData("name", "id", "mapped by 'name'")]
    [InlineData("id", "none", "mapped by 'id'")]
    [InlineData("name", null, "mapped by 'name'")]
    [InlineData("none", "other", "name or id or none, not 'other'")]
    public void A_mapping_that_files_do_not_have_is_refused(string mode, string? other, string reason)
    {
        _lake.Write("SELECT 1 AS a", Options(mode));

        Assert.Contains(reason, Assert.Throws<LakeException>(() => Set(other)).Message, StringComparison.Ordinal);
        Set(mode);
    }

    [Fact]
    public void The_highest_number_is_the_tables_own_affair()
    {
        _lake.Write("SELECT 1 AS a", Options("name"));
        var set = new Dictionary<string, string?> { ["delta.columnMapping.maxColumnId"] = "0" };

        Assert.Throws<LakeException>(() => _lake.Table().StageProperties(set, _lake.Options()));
    }

    [Fact]
    public void Statistics_rules_and_not_null_speak_of_columns_by_their_names_in_the_table()
    {
        _lake.Write(
            "SELECT 1 AS a, 'x' AS \"b c\", {y: 2} AS s, 5 AS d",
            Options("name") with
            {
                Properties = new Dictionary<string, string?> { [Mode] = "name", ["delta.dataSkippingStatsColumns"] = "`b c`,s.y" },
                Schema =
                [
                    new("a", Engine.LogicalType.Integer, Nullable: false),
                    new("b c", Engine.LogicalType.Varchar),
                    new("s", Engine.LogicalType.Struct([new("y", Engine.LogicalType.Integer)])),
                    new("d", Engine.LogicalType.Integer),
                ],
            }
        );
        var file = _lake.Table().TryRead()!.Files.Single();
        var bounds = JsonNode.Parse(file.Action.Stats!)!["minValues"]!.AsObject();
        Assert.Equal(2, bounds.Count);
        Assert.All(bounds, bound => Assert.StartsWith("col-", bound.Key, StringComparison.Ordinal));
        Assert.Contains(
            "column 'a' must have a value",
            Assert.Throws<LakeException>(() => _lake.Write("SELECT NULL::INTEGER AS a")).Message,
            StringComparison.Ordinal
        );
        TestLake.Commit(_lake.Table().StageConstraint(_lake.Connection, "c", "`b c` <> 'no'", _lake.Options()));
        Assert.Contains(
            "constraint 'c'",
            Assert.Throws<LakeException>(() => _lake.Write("SELECT 2 AS a, 'no' AS \"b c\"")).Message,
            StringComparison.Ordinal
        );
    }

    private WriteOptions Options(string mode, bool vectors = false) =>
        _lake.Options() with
        {
            Properties = new Dictionary<string, string?>
            {
                [Mode] = mode,
                ["delta.enableChangeDataFeed"] = "true",
                ["delta.enableDeletionVectors"] = vectors ? "true" : null,
                ["delta.checkpointInterval"] = "2",
            },
        };

    private void Set(string? mode) =>
        TestLake.Commit(_lake.Table().StageProperties(new Dictionary<string, string?> { [Mode] = mode }, _lake.Options()));

    private string? Property(string name) => _lake.Table().TryRead()!.Properties.GetValueOrDefault(name);
}
