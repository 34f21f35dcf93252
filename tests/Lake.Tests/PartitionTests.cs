namespace ServerlessHub.Lake.Tests;

public sealed class PartitionTests : IDisposable
{
    private readonly TestLake _lake = new();

    public void Dispose() => _lake.Dispose();

    public static TheoryData<string> Texts =>
        [
            "a b",
            "a/b",
            "a\\b",
            "a%b",
            "a%2Fb",
            "a=b",
            "a+b",
            "a:b*c?d[e]",
            "ä€𝄞",
            "'",
            "\"",
            "#fragment",
            "..",
            ".",
            "__HIVE_DEFAULT_PARTITION__",
            "null",
            "\t",
            "\n",
        ];

    [Theory]
    [MemberData(nameof(Texts))]
    public void Any_text_is_a_partition_value(string value)
    {
        var literal = Engine.Sql.Literal(value);
        _lake.Write($"SELECT 1 AS id, {literal} AS p UNION ALL SELECT 2, 'other'", _lake.Options() with { PartitionBy = ["p"] });
        _lake.Write($"SELECT 3 AS id, {literal} AS p", _lake.Options(WriteMode.OverwritePartitions));
        _lake.Write($"SELECT 3 AS id, {literal} AS p UNION ALL SELECT 4, {literal}", _lake.Merge("id", "p"));

        var scan = _lake.Table().TryRead()!.Scan(_lake.Connection).Sql;
        Assert.Equal(["{'id': 3}", "{'id': 4}"], _lake.Query($"SELECT id FROM ({scan}) WHERE p = {literal} ORDER BY id"));
        Assert.Equal(["{'id': 2}"], _lake.Query($"SELECT id FROM ({scan}) WHERE p = 'other'"));
        Assert.Contains(value, _lake.Table().TryRead()!.Files.Select(file => file.PartitionValues["p"]));
    }

    [Fact]
    public void Partitions_by_bytes_are_read_and_rows_of_them_are_not_written_anew()
    {
        var table = new ForeignTable(_lake);
        table.Data("1.parquet", "SELECT 1::BIGINT AS id UNION ALL SELECT 2");
        table.Commit(
            ForeignTable.Protocol(),
            ForeignTable.Metadata($"{ForeignTable.Field("id", "long")},{ForeignTable.Field("p", "binary")}", ["p"]),
            ForeignTable.Add("1.parquet", 2, partitionValues: new() { ["p"] = "a\u0001é" })
        );
        string[] rows = [@"{'id': 1, 'p': a\x01\xC3\xA9}", @"{'id': 2, 'p': a\x01\xC3\xA9}"];
        Assert.Equal(rows, _lake.Rows());

        foreach (
            var write in new Action[]
            {
                () => _lake.Update(new() { ["id"] = "3" }, "id = 1"),
                () => _lake.Delete("id = 1"),
                () => _lake.Write("SELECT 1::BIGINT AS id, 'a'::BLOB AS p", _lake.Merge("id")),
            }
        )
            Assert.Contains("partitions by 'p', which is BLOB", Assert.Throws<LakeException>(write).Message, StringComparison.Ordinal);
        Assert.Equal(rows, _lake.Rows());
    }

    [Fact]
    public void A_text_with_a_nul_is_a_partition_value()
    {
        _lake.Write("SELECT 1 AS id, 'a' || chr(0) || 'b' AS p", _lake.Options() with { PartitionBy = ["p"] });

        Assert.Equal(
            ["{'id': 1}"],
            _lake.Query($"SELECT id FROM ({_lake.Table().TryRead()!.Scan(_lake.Connection).Sql}) WHERE p = 'a' || chr(0) || 'b'")
        );
    }

    [Fact]
    public void Null_and_the_empty_text_are_the_null_partition()
    {
        _lake.Write("SELECT * FROM (VALUES (1, NULL), (2, ''), (3, 'x')) t(id, p)", _lake.Options() with { PartitionBy = ["p"] });
        Assert.Equal(["{'id': 1, 'p': NULL}", "{'id': 2, 'p': NULL}", "{'id': 3, 'p': x}"], _lake.Rows());

        _lake.Write("SELECT 4 AS id, '' AS p", _lake.Options(WriteMode.OverwritePartitions));
        Assert.Equal(["{'id': 3, 'p': x}", "{'id': 4, 'p': NULL}"], _lake.Rows());
    }

    public static TheoryData<string, string, string> Typed =>
        new()
        {
            { "BOOLEAN", "true", "true" },
            { "TINYINT", "-5", "-5" },
            { "SMALLINT", "300", "300" },
            { "INTEGER", "-70000", "-70000" },
            { "BIGINT", "9223372036854775807", "9223372036854775807" },
            { "FLOAT", "1.5", "1.5" },
            { "DOUBLE", "1e300", "1e+300" },
            { "DOUBLE", "NaN", "NaN" },
            { "DOUBLE", "-Infinity", "-Infinity" },
            { "DECIMAL(10,2)", "-1.50", "-1.50" },
            { "DATE", "2024-02-29", "2024-02-29" },
            { "TIMESTAMPTZ", "2024-01-01 10:00:00.5+02", "2024-01-01T08:00:00.500000Z" },
            { "TIMESTAMPTZ", "1969-12-31 23:59:59.999999+00", "1969-12-31T23:59:59.999999Z" },
        };

    [Theory]
    [MemberData(nameof(Typed))]
    public void A_value_of_any_plain_type_is_a_partition_value(string type, string value, string logged)
    {
        var literal = $"CAST('{value}' AS {type})";
        _lake.Write($"SELECT 1 AS id, {literal} AS p UNION ALL SELECT 2, NULL", _lake.Options() with { PartitionBy = ["p"] });
        _lake.Write($"SELECT 3 AS id, {literal} AS p", _lake.Options(WriteMode.OverwritePartitions));

        Assert.Equal([null, logged], _lake.Table().TryRead()!.Files.Select(file => file.PartitionValues["p"]).Order());
        var scan = _lake.Table().TryRead()!.Scan(_lake.Connection).Sql;
        Assert.Equal(["{'id': 3}"], _lake.Query($"SELECT id FROM ({scan}) WHERE p = {literal}"));
        Assert.Equal(["{'id': 2}"], _lake.Query($"SELECT id FROM ({scan}) WHERE p IS NULL"));
    }

    [Theory]
    [InlineData("none")]
    [InlineData("name")]
    public void Files_have_the_partition_columns_behind_the_others_if_the_table_demands_it(string mapping)
    {
        var properties = new Dictionary<string, string?>
        {
            ["delta.columnMapping.mode"] = mapping,
            ["delta.enableChangeDataFeed"] = "true",
        };
        _lake.Write("SELECT i % 2 AS p, i AS id FROM range(0) t(i)", _lake.Options() with { PartitionBy = ["p"], Properties = properties });
        _lake.Alter("materializePartitionColumns", _ => { });
        _lake.IsDamaged = true;
        _lake.Write("SELECT i % 2 AS p, i AS id FROM range(10) t(i)");
        _lake.Write("SELECT 1 AS p, 3 AS id UNION ALL SELECT 0, 12", _lake.Merge("id"));
        _lake.Write("SELECT 1 AS p, 33 AS id");
        Require();
        using var connection = _lake.Connect();
        _lake.Table().Optimize(connection, new());
        Require();
        Assert.Equal(
            ["{'p': 0, 'n': 6}", "{'p': 1, 'n': 6}"],
            _lake.Query($"SELECT p, count(*) AS n FROM ({_lake.Table().TryRead()!.Scan(_lake.Connection).Sql}) GROUP BY p ORDER BY p")
        );
        ForeignReader.CheckAll(_lake.Root, _lake.Connection);

        void Require()
        {
            var snapshot = _lake.Table().TryRead()!;
            var columns = new[] { "id", "p" }.Select(name => snapshot.Schema.Find(name)!.PhysicalName);
            foreach (var file in snapshot.Files)
            {
                using var stored = _lake.Connection.Prepare(
                    $"SELECT * FROM read_parquet({Engine.Sql.Literal(_lake.File($"t/{file.Path}"))}, hive_partitioning = false)"
                );
                Assert.Equal(columns, stored.Columns.Select(column => column.Name));
                Assert.DoesNotContain($"\"{columns.Last()}\"", file.Action.Stats!, StringComparison.Ordinal);
            }
        }
    }

    [Theory]
    [InlineData("DATE '0044-03-15 (BC)'")]
    [InlineData("'infinity'::DATE")]
    [InlineData("DATE '10000-01-01'")]
    [InlineData("TIMESTAMPTZ '0044-03-15 (BC) 00:00:00+00'")]
    [InlineData("TIMESTAMPTZ '20000-01-01 00:00:00+00'")]
    public void A_day_that_the_log_has_no_spelling_for_is_no_partition_value(string value)
    {
        var error = Assert.Throws<LakeException>(() =>
            _lake.Write($"SELECT 1 AS id, {value} AS p", _lake.Options() with { PartitionBy = ["p"] })
        );

        Assert.Contains("column 'p'", error.Message, StringComparison.Ordinal);
        Assert.Contains("years from 1 to 9999", error.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFiles(_lake.Root, "*.parquet", SearchOption.AllDirectories));
    }

    [Fact]
    public void A_partition_that_another_writer_spelt_otherwise_is_the_same()
    {
        _lake.Write(
            "SELECT 1 AS id, TIMESTAMPTZ '2024-01-01 08:00:00+00' AS p, 1.50::DECIMAL(5,2) AS q",
            _lake.Options() with
            {
                PartitionBy = ["p", "q"],
            }
        );
        var commit = _lake.Commit(0);
        File.WriteAllText(
            commit,
            File.ReadAllText(commit)
                .Replace("\"2024-01-01T08:00:00.000000Z\"", "\"2024-01-01 08:00:00\"", StringComparison.Ordinal)
                .Replace("\"1.50\"", "\"1.5\"", StringComparison.Ordinal)
        );
        _lake.IsDamaged = true;
        _lake.Write(
            "SELECT 2 AS id, TIMESTAMPTZ '2024-01-01 08:00:00+00' AS p, 1.50::DECIMAL(5,2) AS q",
            _lake.Options(WriteMode.OverwritePartitions)
        );

        Assert.Equal("{'id': 2, 'p': '2024-01-01 08:00:00+00', 'q': 1.50}", Assert.Single(_lake.Rows()));
    }

    [Fact]
    public void Columns_keep_the_tables_order_wherever_the_partition_columns_stand()
    {
        _lake.Write("SELECT 'p' AS p, 1 AS id, 2 AS q, 'x' AS name", _lake.Options() with { PartitionBy = ["q", "p"] });

        Assert.Equal(["{'p': p, 'id': 1, 'q': 2, 'name': x}"], _lake.Rows());
    }

    [Fact]
    public void A_table_in_a_folder_with_any_name_is_read()
    {
        const string Path = "sta[g]ing/cust*omer's %41 ?";
        _lake.Write("SELECT 1 AS id, 'x' AS p", _lake.Options() with { PartitionBy = ["p"] }, Path);
        _lake.Write("SELECT 1 AS id, 'y' AS p", _lake.Merge("id"), Path);

        Assert.Equal(["{'id': 1, 'p': y}"], _lake.Rows(path: Path));
        Assert.Equal([Path], DeltaTable.FindTables(_lake.Storage, ""));
    }
}
