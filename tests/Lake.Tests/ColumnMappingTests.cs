using System.Text.Json.Nodes;

namespace ServerlessHub.Lake.Tests;

public sealed class ColumnMappingTests : IDisposable
{
    private readonly TestLake _lake = new();
    private readonly ForeignTable _table;

    public ColumnMappingTests() => _table = new(_lake);

    public void Dispose() => _lake.Dispose();

    [Theory]
    [InlineData("name", 3)]
    [InlineData("id", 3)]
    [InlineData("name", 2)]
    public void Columns_are_found_by_their_names_or_numbers_in_the_files(string mode, int readerVersion)
    {
        _table.Data(
            "1.parquet",
            """
            SELECT 1::BIGINT AS c1, {i1: 2} AS c2, [{i1: 3}, NULL] AS c3, MAP {'k': {i1: 4}} AS c4, NULL::STRUCT(i1 BIGINT) AS c5, 'old' AS "the id"
            """,
            ", FIELD_IDS {c1: 1, c2: {__duckdb_field_id: 2, i1: 11}, c3: {__duckdb_field_id: 3, element: {i1: 13}}, c4: {__duckdb_field_id: 4, value: {i1: 15}}, c5: 5, \"the id\": 9}"
        );
        _table.Commit(
            readerVersion == 3
                ? ForeignTable.Protocol("columnMapping")
                : ForeignTable.Action("protocol", new() { ["minReaderVersion"] = 2, ["minWriterVersion"] = 5 }),
            ForeignTable.Metadata(
                string.Join(
                    ",",
                    Mapped("the id", "long", 1, "c1"),
                    Mapped("filename", Inner(11), 2, "c2"),
                    Mapped("list", $$"""{"type":"array","elementType":{{Inner(13)}},"containsNull":true}""", 3, "c3"),
                    Mapped("map", $$"""{"type":"map","keyType":"string","valueType":{{Inner(15)}},"valueContainsNull":true}""", 4, "c4"),
                    Mapped("none", Inner(17), 5, "c5"),
                    Mapped("new", "string", 6, "c6"),
                    Mapped("p", "integer", 7, "c7")
                ),
                ["p"],
                ("delta.columnMapping.mode", mode)
            ),
            ForeignTable.Add(
                "1.parquet",
                partitionValues: new() { ["c7"] = "70" },
                stats: """{"numRecords":1,"minValues":{"c1":1},"maxValues":{"c1":1},"nullCount":{"c1":0,"c6":1}}"""
            )
        );

        Assert.Equal(
            [
                "{'the id': 1, 'filename': {'a b': 2, 'later': NULL}, 'list': [{'a b': 3, 'later': NULL}, NULL], 'map': {k={'a b': 4, 'later': NULL}}, 'none': NULL, 'new': NULL, 'p': 70}",
            ],
            _lake.Rows()
        );
        var snapshot = _lake.Table().TryRead()!;
        Assert.Equal("70", snapshot.Files.Single().PartitionValues["p"]);
        Assert.Empty(snapshot.Matching([new("the id", "2", null)]));
        Assert.Empty(snapshot.Matching([new("p", "71", null)]));
        Assert.Empty(snapshot.Matching([new("new", "a", null)]));
        Assert.Single(snapshot.Matching([new("the id", "1", "1"), new("p", "70", "70")]));
        _lake.Write("SELECT 1::BIGINT AS \"the id\", {\"a b\": 5} AS filename, 71 AS p");
        Assert.Equal(2, _lake.Rows().Length);
        Assert.Contains("'the id': 1, 'filename': {'a b': 5, 'later': NULL}", _lake.Rows()[1], StringComparison.Ordinal);
    }

    [Fact]
    public void Fields_inside_of_columns_are_found_by_their_numbers_whatever_their_names_in_a_file()
    {
        const string OtherNames = """
            SELECT 2::BIGINT AS x, {i2: 20, i1: 'not this', y: {j: 21, k: 'no'}} AS c2, [{i1: 'no', z: 22}, NULL] AS c3, MAP {'k': {z: 23}} AS c4, 'p' AS c1
            """;
        const string TheirNumbers =
            ", FIELD_IDS {x: 1, c2: {__duckdb_field_id: 2, i2: 11, i1: 98, y: {__duckdb_field_id: 14, j: 15}}, "
            + "c3: {__duckdb_field_id: 3, element: {i1: 99, z: 12}}, c4: {__duckdb_field_id: 4, value: {z: 13}}, c1: 97}";
        _table.Data(
            "1.parquet",
            "SELECT 1::BIGINT AS c1, {i1: 10, y: {j: 11}} AS c2, [{i1: 12}] AS c3, MAP {'k': {i1: 13}} AS c4",
            ", FIELD_IDS {c1: 1, c2: {__duckdb_field_id: 2, i1: 11, y: {__duckdb_field_id: 14, j: 15}}, "
                + "c3: {__duckdb_field_id: 3, element: {i1: 12}}, c4: {__duckdb_field_id: 4, value: {i1: 13}}}"
        );
        _table.Data("2.parquet", OtherNames, TheirNumbers);
        _table.Data("3.parquet", "SELECT 3::BIGINT AS q, {i1: 'none'} AS c2", ", FIELD_IDS {q: 1, c2: {__duckdb_field_id: 7, i1: 11}}");
        _table.Data(
            "change.parquet",
            OtherNames.Replace(" AS x", " AS x, 'insert' AS _change_type", StringComparison.Ordinal),
            TheirNumbers
        );
        var inner = Mapped("y", Struct(Mapped("j", "long", 15, "j"), Mapped("later", "long", 16, "k")), 14, "y");
        _table.Commit(
            ForeignTable.Protocol("columnMapping"),
            ForeignTable.Metadata(
                string.Join(
                    ",",
                    Mapped("id", "long", 1, "c1"),
                    Mapped("s", Struct(Mapped("a b", "long", 11, "i1"), inner), 2, "c2"),
                    Mapped(
                        "l",
                        $$"""{"type":"array","elementType":{{Struct(Mapped("a", "long", 12, "i1"))}},"containsNull":true}""",
                        3,
                        "c3"
                    ),
                    Mapped(
                        "m",
                        $$"""{"type":"map","keyType":"string","valueType":{{Struct(Mapped("a", "long", 13, "i1"))}},"valueContainsNull":true}""",
                        4,
                        "c4"
                    ),
                    Mapped("p", "string", 5, "p1")
                ),
                ["p"],
                ("delta.columnMapping.mode", "id"),
                ("delta.enableChangeDataFeed", "true")
            ),
            ForeignTable.Add("1.parquet", 1, partitionValues: new() { ["p1"] = "x" }),
            ForeignTable.Add("2.parquet", 1, partitionValues: new() { ["p1"] = "x" }),
            ForeignTable.Add("3.parquet", 1, partitionValues: new() { ["p1"] = "y" })
        );
        _table.Commit(
            ForeignTable.Action(
                "cdc",
                new()
                {
                    ["path"] = "change.parquet",
                    ["partitionValues"] = new JsonObject { ["p1"] = "x" },
                    ["size"] = 1000,
                    ["dataChange"] = false,
                }
            )
        );

        const string Second = "'s': {'a b': 20, 'y': {'j': 21, 'later': NULL}}, 'l': [{'a': 22}, NULL], 'm': {k={'a': 23}}, 'p': x";
        Assert.Equal(
            [
                "{'id': 1, 's': {'a b': 10, 'y': {'j': 11, 'later': NULL}}, 'l': [{'a': 12}], 'm': {k={'a': 13}}, 'p': x}",
                $"{{'id': 2, {Second}}}",
                "{'id': 3, 's': NULL, 'l': NULL, 'm': NULL, 'p': y}",
            ],
            _lake.Rows()
        );
        using (var some = _lake.Table().TryRead()!.Scan(_lake.Connection, ranges: [new("p", "x", "x")]))
            Assert.Equal(["11", "21"], _lake.Query($"SELECT s.y.j FROM ({some.Sql}) ORDER BY id").Select(row => row[6..^1]));
        using (var changes = _lake.Table().Changes(_lake.Connection, 1))
            Assert.Equal(
                [$"{{'id': 2, {Second}, '_change_type': insert}}"],
                _lake.Query($"SELECT * EXCLUDE (_commit_version, _commit_timestamp) FROM ({changes.Sql})")
            );
        _lake.Update(new() { ["s"] = "struct_update(s, \"a b\" := 30)" }, "id = 2");
        Assert.Contains($"{{'id': 2, {Second.Replace("20", "30", StringComparison.Ordinal)}}}", _lake.Rows());
    }

    [Fact]
    public void A_struct_all_of_whose_fields_were_dropped_is_there_or_null_as_it_was()
    {
        _table.Data("1.parquet", "SELECT * FROM (VALUES ({old: {a: 1}}, [{old: 1}, NULL]), (NULL, NULL)) AS t(c1, c2)");
        _table.Commit(
            ForeignTable.Protocol("columnMapping"),
            ForeignTable.Metadata(
                $$"""
                {{Mapped("s", Struct(Mapped("a", "date", 5, "new")), 1, "c1")}},
                {{Mapped(
                    "l",
                    $$$"""{"type":"array","elementType":{{{Struct(Mapped("a", "long", 6, "new"))}}},"containsNull":true}""",
                    2,
                    "c2"
                )}}
                """,
                null,
                ("delta.columnMapping.mode", "name"),
                ("delta.columnMapping.maxColumnId", "6")
            ),
            ForeignTable.Add("1.parquet", 2)
        );
        Assert.Equal(["{'s': {'a': NULL}, 'l': [{'a': NULL}, NULL]}", "{'s': NULL, 'l': NULL}"], _lake.Rows());
    }

    [Fact]
    public void A_file_without_numbers_is_refused_where_numbers_decide()
    {
        _table.Data("1.parquet", "SELECT {i1: 1} AS c1");
        _table.Commit(
            ForeignTable.Protocol("columnMapping"),
            ForeignTable.Metadata(Mapped("s", Struct(Mapped("a", "long", 2, "i1")), 1, "c1"), null, ("delta.columnMapping.mode", "id")),
            ForeignTable.Add("1.parquet", 1)
        );
        Assert.Contains("data file '1.parquet' gives its columns no numbers", Refused().Message, StringComparison.Ordinal);
        File.Delete(Path.Combine(_table.Folder, "1.parquet"));
        Assert.Equal("1.parquet", Refused().File);

        LakeException Refused() => Assert.Throws<LakeException>(() => _lake.Table().TryRead()!.Scan(_lake.Connection, ranges: null));
    }

    [Fact]
    public void A_mapping_that_only_the_features_of_writers_name_is_followed()
    {
        _table.Data("1.parquet", "SELECT 1::BIGINT AS c1");
        _table.Commit(
            ForeignTable.Action(
                "protocol",
                new()
                {
                    ["minReaderVersion"] = 3,
                    ["minWriterVersion"] = 7,
                    ["readerFeatures"] = new JsonArray(),
                    ["writerFeatures"] = new JsonArray("columnMapping"),
                }
            ),
            ForeignTable.Metadata(Mapped("a", "long", 1, "c1"), null, ("delta.columnMapping.mode", "name")),
            ForeignTable.Add("1.parquet")
        );
        Assert.Equal(["{'a': 1}"], _lake.Rows());
    }

    [Fact]
    public void A_mapping_that_is_off_or_not_in_the_protocol_is_not_followed()
    {
        _table.Data("1.parquet", "SELECT 1::BIGINT AS a, 2::BIGINT AS c1");
        var schema = Mapped("a", "long", 1, "c1");
        _table.Commit(
            ForeignTable.Protocol("columnMapping"),
            ForeignTable.Metadata(schema, null, ("delta.columnMapping.mode", "none")),
            ForeignTable.Add("1.parquet")
        );
        Assert.Equal(["{'a': 1}"], _lake.Rows());
        _table.Commit(ForeignTable.Protocol("timestampNtz"), ForeignTable.Metadata(schema, null, ("delta.columnMapping.mode", "name")));
        Assert.Equal(["{'a': 1}"], _lake.Rows());
    }

    [Theory]
    [InlineData("name", "{}", "column 'a' has no delta.columnMapping.physicalName")]
    [InlineData("id", "{\"delta.columnMapping.physicalName\":\"x\"}", "column 'a' has no delta.columnMapping.id")]
    [InlineData("other", "{}", "mapped by 'other'")]
    public void A_mapping_that_lacks_something_is_refused(string mode, string metadata, string hint)
    {
        _table.Commit(
            ForeignTable.Protocol("columnMapping"),
            ForeignTable.Metadata(ForeignTable.Field("a", "long", metadata), null, ("delta.columnMapping.mode", mode))
        );
        Assert.Contains(hint, Assert.Throws<LakeException>(() => _lake.Table().TryRead()).Message, StringComparison.Ordinal);
    }

    private static string Inner(int id) => Struct(Mapped("a b", "long", id, "i1"), Mapped("later", "date", id + 1, "i2"));

    private static string Struct(params string[] fields) => $$"""{"type":"struct","fields":[{{string.Join(",", fields)}}]}""";

    private static string Mapped(string name, string type, int id, string physical) =>
        ForeignTable.Field(name, type, $$"""{"delta.columnMapping.id":{{id}},"delta.columnMapping.physicalName":"{{physical}}"}""");
}
