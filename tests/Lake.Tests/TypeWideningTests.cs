namespace ServerlessHub.Lake.Tests;

public sealed class TypeWideningTests : IDisposable
{
    private readonly TestLake _lake = new();

    public void Dispose() => _lake.Dispose();

    [Fact]
    public void A_table_of_the_features_preview_is_told_at_which_version_a_type_was_changed()
    {
        var table = new ForeignTable(_lake);
        table.Commit(
            ForeignTable.Protocol("typeWidening-preview"),
            ForeignTable.Metadata(ForeignTable.Field("id", "short"), null, ("delta.enableTypeWidening", "true"))
        );
        _lake.Write("SELECT 1::SMALLINT AS id");
        _lake.Write("SELECT 70000 AS id", _lake.Options() with { EvolveSchema = true });
        _lake.Write("SELECT 5000000000 AS id", _lake.Options() with { EvolveSchema = true });

        Assert.Contains(
            """[{"fromType":"short","toType":"integer","tableVersion":2},{"fromType":"integer","toType":"long","tableVersion":3}]""",
            _lake.Table().TryRead()!.Metadata.SchemaString!,
            StringComparison.Ordinal
        );
        Assert.Equal(3, _lake.Rows().Length);
    }

    [Theory]
    [InlineData("TINYINT '-5'", "byte", "long", "-5")]
    [InlineData("SMALLINT '-5'", "short", "integer", "-5")]
    [InlineData("INTEGER '2147483647'", "integer", "double", "2147483647.0")]
    [InlineData("FLOAT '1.5'", "float", "double", "1.5")]
    [InlineData("INTEGER '2147483647'", "integer", "decimal(12,2)", "2147483647.00")]
    [InlineData("TINYINT '7'", "byte", "decimal(10,0)", "7")]
    [InlineData("BIGINT '9223372036854775807'", "long", "decimal(22,2)", "9223372036854775807.00")]
    [InlineData("DECIMAL(5,2) '123.45'", "decimal(5,2)", "decimal(38,4)", "123.4500")]
    [InlineData("DATE '2024-02-29'", "date", "timestamp_ntz", "2024-02-29 00:00:00")]
    public void A_file_from_before_a_change_is_read_as_the_type_of_now(string old, string from, string to, string expected)
    {
        var change = $$"""{"delta.typeChanges":[{"fromType":"{{from}}","toType":"{{to}}"}]}""";
        var table = new ForeignTable(_lake);
        table.Data("1.parquet", $"SELECT {old} AS x, [{old}] AS l, {{f: {old}}} AS s UNION ALL SELECT NULL, NULL, NULL");
        table.Commit(
            ForeignTable.Protocol("typeWidening", "timestampNtz"),
            ForeignTable.Metadata(
                string.Join(
                    ",",
                    ForeignTable.Field("x", to, change),
                    ForeignTable.Field("l", $$"""{"type":"array","elementType":"{{to}}","containsNull":true}"""),
                    ForeignTable.Field("s", $$"""{"type":"struct","fields":[{{ForeignTable.Field("f", to, change)}}]}""")
                )
            ),
            ForeignTable.Add("1.parquet")
        );

        using var scan = _lake.Table().TryRead()!.Scan(_lake.Connection);
        using var found = _lake.Connection.Query(
            $"SELECT concat_ws(' | ', x, l[1], s.f) FROM ({scan.Sql}) WHERE x = CAST({Engine.Sql.Literal(expected)} AS {_lake.Table().TryRead()!.Columns[0].Type})"
        );
        Assert.Equal($"{expected} | {expected} | {expected}", found.Scalar<string>());
    }

    [Theory]
    [InlineData("string", "integer")]
    [InlineData("long", "integer")]
    [InlineData("date", "timestamp")]
    [InlineData("decimal(10,2)", "decimal(11,4)")]
    [InlineData("integer", "decimal(10,1)")]
    public void A_change_that_is_none_of_the_protocols_is_refused(string from, string to)
    {
        new ForeignTable(_lake).Commit(
            ForeignTable.Protocol("typeWidening-preview"),
            ForeignTable.Metadata(ForeignTable.Field("x", to, $$"""{"delta.typeChanges":[{"fromType":"{{from}}","toType":"{{to}}"}]}"""))
        );

        Assert.Contains(
            $"column 'x' was changed from {from} to {to}",
            Assert.Throws<LakeException>(() => _lake.Table().TryRead()).Message,
            StringComparison.Ordinal
        );
    }
}
