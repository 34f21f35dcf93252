using ServerlessHub.Engine;

namespace ServerlessHub.Lake.Tests;

public sealed class SchemaTests : IDisposable
{
    private readonly TestLake _lake = new();

    public void Dispose() => _lake.Dispose();

    [Fact]
    public void Columns_are_matched_by_name_and_missing_ones_are_null()
    {
        _lake.Write("SELECT 1 AS id, 'a' AS Name");
        _lake.Write("SELECT 'b' AS name, 2 AS ID");
        _lake.Write("SELECT 3 AS id");

        Assert.Equal(["{'id': 1, 'Name': a}", "{'id': 2, 'Name': b}", "{'id': 3, 'Name': NULL}"], _lake.Rows());
    }

    [Fact]
    public void A_column_spelt_exactly_wins_over_one_in_another_case()
    {
        _lake.Write("SELECT 1 AS id");

        Assert.Contains("rename one", Refusal("SELECT 1 AS id, 2 AS ID"), StringComparison.Ordinal);
    }

    [Fact]
    public void Unknown_columns_are_an_error_that_names_them_unless_the_table_may_evolve()
    {
        _lake.Write("SELECT 1 AS id");
        Assert.Contains("no column 'x', 'y'", Refusal("SELECT 2 AS id, 1 AS x, 2 AS y"), StringComparison.Ordinal);

        _lake.Write("SELECT 2 AS id, 'new' AS x", _lake.Options() with { EvolveSchema = true });
        Assert.Equal(["{'id': 1, 'x': NULL}", "{'id': 2, 'x': new}"], _lake.Rows());
        Assert.Equal(["{'id': 1}"], _lake.Rows(version: 0));
    }

    [Fact]
    public void A_struct_may_evolve_inside_of_lists_too()
    {
        _lake.Write("SELECT 1 AS id, [{'a': 1}] AS items");
        var evolving = _lake.Options() with { EvolveSchema = true };
        _lake.Write("SELECT 2 AS id, [{'a': 2, 'b': 'x'}] AS items", evolving);

        Assert.Equal(["{'id': 1, 'items': [{'a': 1, 'b': NULL}]}", "{'id': 2, 'items': [{'a': 2, 'b': x}]}"], _lake.Rows());

        _lake.Write("SELECT 1 AS id, [{'a': 9, 'c': true}] AS items", _lake.Merge("id") with { EvolveSchema = true });
        Assert.Equal(
            ["{'id': 1, 'items': [{'a': 9, 'b': NULL, 'c': true}]}", "{'id': 2, 'items': [{'a': 2, 'b': x, 'c': NULL}]}"],
            _lake.Rows()
        );
    }

    [Theory]
    [InlineData("INTEGER", "BIGINT")]
    [InlineData("BIGINT", "HUGEINT")]
    [InlineData("BIGINT", "DOUBLE")]
    [InlineData("DOUBLE", "BIGINT")]
    [InlineData("FLOAT", "DOUBLE")]
    [InlineData("FLOAT", "INTEGER")]
    [InlineData("VARCHAR", "INTEGER")]
    [InlineData("INTEGER", "VARCHAR")]
    [InlineData("DECIMAL(10,2)", "DECIMAL(10,3)")]
    [InlineData("DECIMAL(10,2)", "DECIMAL(12,2)")]
    [InlineData("DECIMAL(10,2)", "INTEGER")]
    [InlineData("DATE", "TIMESTAMP")]
    [InlineData("INTEGER[]", "BIGINT[]")]
    [InlineData("STRUCT(a INTEGER)", "STRUCT(a VARCHAR)")]
    [InlineData("MAP(VARCHAR, INTEGER)", "MAP(VARCHAR, BIGINT)")]
    public void A_type_that_loses_something_is_an_error_that_names_column_and_types(string column, string incoming)
    {
        _lake.Write($"SELECT CAST(NULL AS {column}) AS amount, 1 AS id");
        var message = Refusal($"SELECT CAST(NULL AS {incoming}) AS amount");

        Assert.Contains("'amount'", message, StringComparison.Ordinal);
        Assert.Contains(LogicalType.Parse(column).ToString(), message, StringComparison.Ordinal);
        Assert.Contains(LogicalType.Parse(incoming).ToString(), message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("BIGINT", "7::UINTEGER", "7")]
    [InlineData("DECIMAL(20,2)", "(-7)::BIGINT - 0", "-7.00")]
    [InlineData("DECIMAL(12,3)", "1.50::DECIMAL(10,2)", "1.500")]
    [InlineData("DOUBLE", "3::INTEGER", "3.0")]
    [InlineData("TIMESTAMPTZ", "DATE '2024-01-02'", "2024-01-02 00:00:00+00")]
    [InlineData("VARCHAR", "'01234567-89ab-cdef-0123-456789abcdef'::UUID", "01234567-89ab-cdef-0123-456789abcdef")]
    [InlineData("VARCHAR", "'b'::ENUM('a', 'b')", "b")]
    public void A_type_that_loses_nothing_is_taken(string column, string value, string stored)
    {
        var wide = column.StartsWith("DECIMAL(20", StringComparison.Ordinal) ? "DECIMAL(21,2)" : column;
        _lake.Write($"SELECT CAST(NULL AS {wide}) AS x, 1 AS id WHERE false");
        _lake.Write($"SELECT {value} AS x");

        Assert.Equal(
            [$"{{'x': {stored}, 'id': NULL}}"],
            _lake
                .Rows()
                .Select(row =>
                    row.Replace("'", "", StringComparison.Ordinal)
                        .Replace("x:", "'x':", StringComparison.Ordinal)
                        .Replace("id:", "'id':", StringComparison.Ordinal)
                )
        );
    }

    [Fact]
    public void Declared_columns_keep_their_types_their_comments_and_their_demand_for_a_value()
    {
        var declared = _lake.Options() with
        {
            Schema = [new("id", LogicalType.BigInt, Nullable: false), new("name", LogicalType.Varchar, Comment: "What it's called: \"x\"")],
        };
        _lake.Write("SELECT 1::TINYINT AS id", declared);

        Assert.Equal(
            [new("id", LogicalType.BigInt, Nullable: false), new TableColumn("name", LogicalType.Varchar, true, "What it's called: \"x\"")],
            _lake.Table().TryRead()!.Columns
        );
    }

    [Fact]
    public void A_demanded_value_that_is_missing_is_an_error_with_the_column_and_how_often()
    {
        var declared = _lake.Options() with
        {
            Schema = [new("id", LogicalType.BigInt, Nullable: false), new("p", LogicalType.Varchar, Nullable: false)],
            PartitionBy = ["p"],
        };
        var message = Refusal("SELECT CASE WHEN i < 3 THEN NULL ELSE i END AS id, 'p' AS p FROM range(10) t(i)", declared);
        Assert.Contains("'id' must have a value, but 3 ", message, StringComparison.Ordinal);

        message = Refusal("SELECT i AS id, CASE WHEN i < 4 THEN '' ELSE 'x' END AS p FROM range(10) t(i)", declared);
        Assert.Contains("'p' must have a value, but 4 ", message, StringComparison.Ordinal);
        Assert.Null(_lake.Table().TryRead());
        Assert.Empty(Directory.GetFiles(_lake.File("t"), "*", SearchOption.AllDirectories));
    }

    [Fact]
    public void A_value_demanded_inside_of_a_list_of_structs_is_enforced()
    {
        _lake.Write("SELECT 1 AS id, [{'a': 1}] AS items");
        var commit = _lake.Commit(0);
        File.WriteAllText(
            commit,
            File.ReadAllText(commit)
                .Replace(
                    """{\"name\":\"a\",\"type\":\"integer\",\"nullable\":true""",
                    """{\"name\":\"a\",\"type\":\"integer\",\"nullable\":false""",
                    StringComparison.Ordinal
                )
        );
        Assert.Contains(
            "'items' must have a value, but 1 ",
            Refusal("SELECT 2 AS id, [{'a': 1}, {'a': NULL}] AS items UNION ALL SELECT 3, NULL"),
            StringComparison.Ordinal
        );
        _lake.Write("SELECT 2 AS id, [NULL, {'a': 1}] AS items");
    }

    [Theory]
    [InlineData("SELECT 1 AS \"a b\"", "'a b'", "as a_b")]
    [InlineData("SELECT 1 AS \"a,b\"", "'a,b'", "as a_b")]
    [InlineData("SELECT count(*) FROM range(3)", "'count_star()'", "as count_star")]
    [InlineData("SELECT {'x y': 1} AS s", "'x y'", "as x_y")]
    [InlineData("SELECT TIME '10:00' AS t", "'t'", "cast(… as varchar)")]
    [InlineData("SELECT INTERVAL 1 DAY AS t", "'t'", "epoch(…)")]
    [InlineData("SELECT TIMESTAMP_NS '2024-01-01 00:00:00' AS t", "'t'", "cast(… as timestamp)")]
    [InlineData("SELECT '101'::BIT AS t", "'t'", "cast(… as varchar)")]
    public void What_a_table_cannot_have_is_refused_with_what_to_do_instead(string sql, string name, string hint)
    {
        var message = Refusal(sql);

        Assert.Contains(name, message, StringComparison.Ordinal);
        Assert.Contains(hint, message, StringComparison.OrdinalIgnoreCase);
        Assert.Null(_lake.Table().TryRead());
    }

    [Fact]
    public void A_table_keeps_its_partitioning()
    {
        _lake.Write("SELECT 1 AS id, 2 AS p, 3 AS q", _lake.Options() with { PartitionBy = ["p"] });

        Assert.Contains(
            "partitioned by 'p', not by 'q'",
            Refusal("SELECT 1 AS id, 2 AS p, 3 AS q", _lake.Options() with { PartitionBy = ["q"] }),
            StringComparison.Ordinal
        );
        Assert.Contains("'nope'", Refusal("SELECT 1 AS id", _lake.Options() with { PartitionBy = ["nope"] }), StringComparison.Ordinal);
        _lake.Write("SELECT 1 AS id, 2 AS p, 3 AS q");
    }

    [Fact]
    public void Partitioning_that_leaves_no_column_or_names_one_that_cannot_be_is_refused()
    {
        Assert.Contains("needs one", Refusal("SELECT 1 AS p", _lake.Options() with { PartitionBy = ["p"] }), StringComparison.Ordinal);
        Assert.Contains("'l'", Refusal("SELECT 1 AS id, [1] AS l", _lake.Options() with { PartitionBy = ["l"] }), StringComparison.Ordinal);
        Assert.Contains("no partitions", Refusal("SELECT 1 AS id", _lake.Options(WriteMode.OverwritePartitions)), StringComparison.Ordinal);
    }

    private string Refusal(string sql, WriteOptions? options = null) =>
        Assert.Throws<LakeException>(() => _lake.Write(sql, options ?? _lake.Options())).Message;

    [Theory]
    [InlineData("void", "{'id': 1, 'v': NULL}")]
    [InlineData(
        """{"type":"struct","fields":[{"name":"a","type":"integer","nullable":true,"metadata":{}},{"name":"b","type":"void","nullable":true,"metadata":{}}]}""",
        "{'id': 1, 'v': {'a': 2, 'b': NULL}}"
    )]
    public void A_column_without_a_type_is_null_and_no_rows_are_written_beside_it(string type, string expected)
    {
        var table = new ForeignTable(_lake);
        table.Data("1.parquet", type == "void" ? "SELECT 1::BIGINT AS id" : "SELECT 1::BIGINT AS id, {'a': 2} AS v");
        table.Commit(
            ForeignTable.Protocol(),
            ForeignTable.Metadata($"{ForeignTable.Field("id", "long")},{ForeignTable.Field("v", type)}"),
            ForeignTable.Add("1.parquet", 1)
        );

        Assert.Equal([expected], _lake.Rows());
        var error = Assert.Throws<LakeException>(() => _lake.Write("SELECT 2::BIGINT AS id"));
        Assert.Contains("type void", error.Message, StringComparison.Ordinal);
    }
}
