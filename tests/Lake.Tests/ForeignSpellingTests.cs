using System.Text.Json;
using System.Text.Json.Nodes;
using ServerlessHub.Engine;
using ServerlessHub.Lake.Log;

namespace ServerlessHub.Lake.Tests;

/// <summary>What other writers spell otherwise than the lake does: commits, schemas, partition values and statistics.</summary>
public sealed class ForeignSpellingTests : IDisposable
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };
    private readonly TestLake _lake = new();
    private readonly ForeignTable _table;

    public ForeignSpellingTests() => _table = new(_lake);

    public void Dispose() => _lake.Dispose();

    [Fact]
    public void Actions_may_stand_in_any_white_space()
    {
        _table.Data("1.parquet", "SELECT 1::BIGINT AS id");
        _table.Commit();
        var actions = new[]
        {
            ForeignTable.Protocol(),
            ForeignTable.Metadata(ForeignTable.Field("id", "long")),
            ForeignTable.Add("1.parquet"),
        };
        foreach (
            var text in new[]
            {
                string.Join("\n", actions.Select(action => action.ToJsonString(Indented))),
                string.Join(" ", actions.Select(action => action.ToJsonString())),
                "\n \t\r\n" + string.Join("  \r\n\n\t", actions.Select(action => action.ToJsonString())) + "\n   \n ",
            }
        )
        {
            File.WriteAllText(_lake.Commit(0), text);
            Assert.Equal(["{'id': 1}"], _lake.Rows());
        }

        File.AppendAllText(_lake.Commit(0), "\n\n{\"txn\":");
        var error = Assert.Throws<LakeException>(() => _lake.Table().TryRead());
        Assert.Contains($"line {File.ReadAllLines(_lake.Commit(0)).Length} is damaged", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("decimal(38,18)", "0E-18", "0.000000000000000000")]
    [InlineData("decimal(38,18)", "1.23456789012345678E-1", "0.123456789012345678")]
    [InlineData("decimal(38,18)", "-1.5E+3", "-1500.000000000000000000")]
    [InlineData("decimal(38,0)", "12345678901234567890123456789012345678", "12345678901234567890123456789012345678")]
    [InlineData("decimal(10,2)", "-0.5", "-0.50")]
    [InlineData("decimal(10,2)", "7.5000", "7.50")]
    [InlineData("date", "+2024-01-31", "2024-01-31")]
    [InlineData("timestamp_ntz", "2024-01-31", "2024-01-31 00:00:00")]
    public void Partition_values_have_several_spellings(string type, string spelling, string value)
    {
        _table.Data("1.parquet", "SELECT 1::BIGINT AS id");
        _table.Commit(
            ForeignTable.Protocol("timestampNtz"),
            ForeignTable.Metadata($"{ForeignTable.Field("id", "long")},{ForeignTable.Field("p", type)}", ["p"]),
            ForeignTable.Add("1.parquet", 1, partitionValues: new() { ["p"] = spelling })
        );

        Assert.Equal(
            [$"{{'v': '{value}'}}"],
            _lake.Query($"SELECT CAST(p AS VARCHAR) AS v FROM ({Sql(new ColumnRange("p", value, value))})"),
            Unquoted
        );
    }

    [Fact]
    public void A_table_may_have_no_column_that_is_in_its_files()
    {
        _table.Data("1.parquet", "SELECT 'x' AS p FROM range(3)");
        _table.Data("2.parquet", "SELECT 7 AS other FROM range(2)");
        var vector = ForeignTable.Inline(RoaringBytes.Portable(runs: false, 1), 1);
        _table.Commit(
            ForeignTable.Protocol("deletionVectors"),
            ForeignTable.Metadata($"{ForeignTable.Field("p", "string")},{ForeignTable.Field("q", "string")}", ["p", "q"]),
            ForeignTable.Add("1.parquet", 3, vector, new() { ["p"] = "a" }),
            ForeignTable.Add("2.parquet", 2, partitionValues: new() { ["p"] = "b" })
        );

        Assert.Equal(4, _lake.Rows().Length);
        Assert.Equal(
            ["{'p': a, 'count_star()': 2}", "{'p': b, 'count_star()': 2}"],
            _lake.Query($"SELECT p, count(*) FROM ({Sql()}) GROUP BY p ORDER BY p")
        );

        var append = Assert.Throws<LakeException>(() => _lake.Write("SELECT 'c' AS p"));
        Assert.Contains("no column beside", append.Message, StringComparison.Ordinal);
        _lake.Delete("p = 'a'");
        Assert.Equal(["{'p': b, 'q': NULL}", "{'p': b, 'q': NULL}"], _lake.Rows());
    }

    [Fact]
    public void Texts_need_not_be_marked_as_such_in_files()
    {
        _table.Data(
            "1.parquet",
            "SELECT encode('ä\"b') AS s, [encode('ö')] AS l, MAP {encode('k'): encode('ü')} AS m, {'f': encode('é')} AS c"
        );
        _table.Commit(
            ForeignTable.Protocol(),
            ForeignTable.Metadata(
                $"""
                {ForeignTable.Field("s", "string")},
                {ForeignTable.Field("l", "{\"type\":\"array\",\"elementType\":\"string\",\"containsNull\":true}")},
                {ForeignTable.Field("m", "{\"type\":\"map\",\"keyType\":\"string\",\"valueType\":\"string\",\"valueContainsNull\":true}")},
                {ForeignTable.Field("c", $"{{\"type\":\"struct\",\"fields\":[{ForeignTable.Field("f", "string")}]}}")}
                """
            ),
            ForeignTable.Add("1.parquet")
        );

        Assert.Equal(["{'s': 'ä\"b', 'l': [ö], 'm': {k=ü}, 'c': {'f': é}}"], _lake.Rows());
    }

    [Fact]
    public void A_schema_may_be_deep()
    {
        var (type, value) = ("\"long\"", "1::BIGINT");
        for (var depth = 0; depth < 50; depth++)
            (type, value) = ($"{{\"type\":\"struct\",\"fields\":[{ForeignTable.Field("f", type.Trim('"'))}]}}", $"{{'f': {value}}}");
        _table.Data("1.parquet", $"SELECT {value} AS c");
        _table.Commit(ForeignTable.Protocol(), ForeignTable.Metadata(ForeignTable.Field("c", type)), ForeignTable.Add("1.parquet"));

        Assert.Equal(["{'v': 1}"], _lake.Query($"SELECT c{string.Concat(Enumerable.Repeat(".f", 50))} AS v FROM ({Sql()})"));
    }

    [Theory]
    [InlineData("a", "A", "the table has both 'a' and 'A'")]
    [InlineData("a", "a", "the table has both 'a' and 'a'")]
    public void Names_that_are_the_same_but_for_case_are_refused(string first, string second, string problem)
    {
        var fields = $"{ForeignTable.Field(first, "long")},{ForeignTable.Field(second, "long")}";
        _table.Commit(ForeignTable.Protocol(), ForeignTable.Metadata(fields));
        Assert.Contains(problem, Refusal(), StringComparison.Ordinal);

        _table.Commit(ForeignTable.Metadata(ForeignTable.Field("s", $"{{\"type\":\"struct\",\"fields\":[{fields}]}}")));
        Assert.Contains(problem.Replace("the table", "column 's'", StringComparison.Ordinal), Refusal(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_table_and_a_struct_without_columns_are_refused()
    {
        _table.Commit(ForeignTable.Protocol(), ForeignTable.Metadata(""));
        Assert.Contains("it has no columns yet", Refusal(), StringComparison.Ordinal);

        _table.Commit(ForeignTable.Metadata(ForeignTable.Field("s", "{\"type\":\"struct\",\"fields\":[]}")));
        Assert.Contains("column 's' is a struct without fields", Refusal(), StringComparison.Ordinal);
    }

    [Fact]
    public void Void_was_once_called_null()
    {
        _table.Data("1.parquet", "SELECT 1::BIGINT AS id");
        _table.Commit(
            ForeignTable.Protocol(),
            ForeignTable.Metadata($"{ForeignTable.Field("id", "long")},{ForeignTable.Field("n", "null")}"),
            ForeignTable.Add("1.parquet")
        );

        Assert.Equal(["{'id': 1, 'n': NULL}"], _lake.Rows());
    }

    [Theory]
    [InlineData("decimal(18,2)", "1234567890123456.78")]
    [InlineData("decimal(18,2)", "-1234567890123456.78")]
    [InlineData("decimal(38,2)", "1234567890123456789012345678901234.56")]
    [InlineData("decimal(38,18)", "0.000000000000000001")]
    public void Bounds_of_decimals_that_were_floating_numbers_leave_out_no_row(string type, string value)
    {
        _table.Data("1.parquet", $"SELECT {value}::{type} AS n");
        var rounded = JsonValue.Create(double.Parse(value, System.Globalization.CultureInfo.InvariantCulture));
        _table.Commit(
            ForeignTable.Protocol(),
            ForeignTable.Metadata(ForeignTable.Field("n", type)),
            ForeignTable.Add("1.parquet", stats: Bounds(rounded))
        );

        Assert.Equal([$"{{'n': {value}}}"], _lake.Query(Sql(new ColumnRange("n", value, value))));
        Assert.Empty(_lake.Table().TryRead()!.Matching([new("n", "1234567890123999.99", "1234567890124000.00")]));
    }

    [Fact]
    public void Statistics_that_are_no_JSON_are_in_the_way_of_no_checkpoint_and_no_deletion()
    {
        _table.Data("1.parquet", "SELECT i AS id, 'nan'::DOUBLE AS d FROM range(9) t(i)");
        _table.Commit(
            ForeignTable.Protocol("deletionVectors"),
            ForeignTable.Metadata(
                $"{ForeignTable.Field("id", "long")},{ForeignTable.Field("d", "double")}",
                null,
                ("delta.enableDeletionVectors", "true"),
                ("delta.checkpoint.writeStatsAsStruct", "true"),
                ("delta.checkpointInterval", "1")
            ),
            ForeignTable.Add("1.parquet", stats: """{"numRecords":9,"minValues":{"d":NaN""")
        );
        _lake.Write("SELECT 9 AS id");
        Assert.Single(Directory.GetFiles(_lake.File("t/_delta_log"), "*.checkpoint.parquet"));

        _lake.Delete("id = 4");
        Assert.Equal(9, _lake.Rows().Length);
    }

    [Fact]
    public void A_checkpoint_has_typed_statistics_as_exact_as_their_text()
    {
        const string Value = "12345678901234567890.123456789";
        _lake.Write(
            $"SELECT {Value}::DECIMAL(38, 9) AS n, 'a \"1\" \\ 2' AS s, {{'f': 0.1::DECIMAL(20, 1)}} AS c",
            _lake.Options() with
            {
                Properties = new Dictionary<string, string?> { ["delta.checkpoint.writeStatsAsStruct"] = "true" },
            }
        );
        new Checkpointing(_lake.Storage, "t", TimeProvider.System).Write(0);

        Assert.Equal(
            [$"{{'n': {Value}, 's': 'a \"1\" \\\\ 2', 'f': 0.1}}"],
            _lake.Query(
                $"""
                SELECT "add".stats_parsed.maxValues.n, "add".stats_parsed.minValues.s, "add".stats_parsed.minValues.c.f
                FROM read_parquet('{_lake.File($"t/_delta_log/{LogFileName.Checkpoint(0)}")}') WHERE "add" IS NOT NULL
                """
            )
        );
    }

    [Fact]
    public void Typed_statistics_become_text_that_every_reader_reads()
    {
        _table.Data("1.parquet", "SELECT 1::BIGINT AS id");
        _table.Commit(
            ForeignTable.Protocol(),
            ForeignTable.Metadata(
                $"{ForeignTable.Field("id", "long")},{ForeignTable.Field("d", "double")},{ForeignTable.Field("t", "timestamp")}"
            )
        );
        var path = _lake.File($"t/_delta_log/{LogFileName.Checkpoint(0)}");
        new Checkpointing(_lake.Storage, "t", TimeProvider.System).Write(0);
        _lake.Connection.Execute(
            $$"""
            COPY (
            SELECT * FROM read_parquet('{{path}}') UNION ALL BY NAME SELECT {'path': '1.parquet', 'partitionValues': MAP {}::MAP(VARCHAR, VARCHAR),
                'size': 1::BIGINT, 'modificationTime': 0::BIGINT, 'dataChange': false, 'stats_parsed': {'numRecords': 1::BIGINT,
                'minValues': {'id': 1, 'd': 'NaN'::DOUBLE, 't': TIMESTAMPTZ '2024-01-31 12:00:00.25+02'},
                'maxValues': {'id': 1, 'd': 'Infinity'::DOUBLE, 't': TIMESTAMPTZ '2024-01-31 12:00:00.25+02'}, 'nullCount': {'id': 0, 'd': 0, 't': 0} } } AS "add"
            ) TO '{{path}}.new' (FORMAT parquet)
            """
        );
        File.Move($"{path}.new", path, overwrite: true);

        var file = Assert.Single(_lake.Table().TryRead()!.Files);
        Assert.Equal(
            """{"numRecords":1,"minValues":{"id":1,"d":null,"t":"2024-01-31T10:00:00.250000Z"},"maxValues":{"id":1,"d":null,"t":"2024-01-31T10:00:00.250000Z"},"nullCount":{"id":0,"d":0,"t":0}}""",
            file.Action.Stats
        );
    }

    private static string Bounds(JsonNode value) =>
        new JsonObject
        {
            ["numRecords"] = 1,
            ["minValues"] = new JsonObject { ["n"] = value },
            ["maxValues"] = new JsonObject { ["n"] = value.DeepClone() },
            ["nullCount"] = new JsonObject { ["n"] = 0 },
        }.ToJsonString();

    private static bool Unquoted(string expected, string actual) =>
        expected.Replace("'", "", StringComparison.Ordinal) == actual.Replace("'", "", StringComparison.Ordinal);

    private string Sql(params ColumnRange[] ranges) => _lake.Table().TryRead()!.Scan(_lake.Connection, ranges).Sql;

    private string Refusal() => Assert.Throws<LakeException>(() => Sql()).Message;
}
