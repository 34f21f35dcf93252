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
            ", FIELD_IDS {c1: 1, c2: {__duckdb_field_id: 2, i1: 11}, c3: 3, c4: 4, c5: 5, \"the id\": 9}"
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

    private static string Inner(int id) =>
        $$"""{"type":"struct","fields":[{{Mapped("a b", "long", id, "i1")}},{{Mapped("later", "date", id + 1, "i2")}}]}""";

    private static string Mapped(string name, string type, int id, string physical) =>
        ForeignTable.Field(name, type, $$"""{"delta.columnMapping.id":{{id}},"delta.columnMapping.physicalName":"{{physical}}"}""");
}
