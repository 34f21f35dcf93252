using ServerlessHub.Engine;

namespace ServerlessHub.Lake.Tests;

public sealed class MergeTests : IDisposable
{
    private readonly TestLake _lake = new();

    public void Dispose() => _lake.Dispose();

    [Fact]
    public void Matched_rows_are_replaced_and_unmatched_ones_inserted()
    {
        _lake.Write("SELECT * FROM (VALUES (1, 'a'), (2, 'b'), (3, 'c')) t(id, name)");
        var metrics = _lake.Write("SELECT * FROM (VALUES (2, 'B'), (4, 'D')) t(id, name)", _lake.Merge("id"));

        Assert.Equal(["{'id': 1, 'name': a}", "{'id': 2, 'name': B}", "{'id': 3, 'name': c}", "{'id': 4, 'name': D}"], _lake.Rows());
        Assert.Equal((2, 1, 1, 0, 2), (metrics.RowsIn, metrics.RowsInserted, metrics.RowsUpdated, metrics.RowsDeleted, metrics.RowsCopied));
    }

    [Fact]
    public void A_merge_into_a_table_that_is_not_there_makes_it_without_the_rows_that_delete()
    {
        var metrics = _lake.Write(
            "SELECT * FROM (VALUES (1, 'x'), (2, 'D')) t(id, op)",
            _lake.Merge("id") with
            {
                DeleteWhen = "op = 'D'",
            }
        );

        Assert.Equal(["{'id': 1, 'op': x}"], _lake.Rows());
        Assert.Equal((1, 0), (metrics.RowsInserted, metrics.RowsDeleted));
    }

    [Fact]
    public void Rows_for_which_deleteWhen_is_true_delete_and_are_not_inserted_and_unknown_is_not_true()
    {
        _lake.Write("SELECT * FROM (VALUES (1, 'a'), (2, 'b'), (3, 'c')) t(id, op)");
        var metrics = _lake.Write(
            "SELECT * FROM (VALUES (1, 'D'), (2, NULL), (9, 'D')) t(id, op)",
            _lake.Merge("id") with
            {
                DeleteWhen = "op = 'D' -- a comment",
            }
        );

        Assert.Equal(["{'id': 2, 'op': NULL}", "{'id': 3, 'op': c}"], _lake.Rows());
        Assert.Equal((0, 1, 1), (metrics.RowsInserted, metrics.RowsUpdated, metrics.RowsDeleted));
    }

    [Fact]
    public void Null_keys_are_equal_to_each_other()
    {
        _lake.Write("SELECT * FROM (VALUES (NULL, 1, 'a'), (7, NULL, 'b')) t(k, l, v)");
        _lake.Write("SELECT * FROM (VALUES (NULL, 1, 'A'), (NULL, NULL, 'new')) t(k, l, v)", _lake.Merge("k", "l"));

        Assert.Equal(["{'k': 7, 'l': NULL, 'v': b}", "{'k': NULL, 'l': 1, 'v': A}", "{'k': NULL, 'l': NULL, 'v': new}"], _lake.Rows());
    }

    [Fact]
    public void Only_files_that_hold_a_matched_key_are_rewritten()
    {
        _lake.Write("SELECT i AS id, 'first' AS v FROM range(100) t(i)");
        _lake.Write("SELECT i AS id, 'second' AS v FROM range(100, 200) t(i)");
        var untouched = _lake.Table().TryRead()!.Files[0].Path;
        var metrics = _lake.Write("SELECT 150::BIGINT AS id, 'new' AS v UNION ALL SELECT 5000, 'new'", _lake.Merge("id"));

        Assert.Equal((1, 99, 1, 1), (metrics.FilesRemoved, metrics.RowsCopied, metrics.RowsUpdated, metrics.RowsInserted));
        Assert.Contains(untouched, _lake.Table().TryRead()!.Files.Select(file => file.Path));
        Assert.Equal(201, _lake.Rows().Length);
    }

    [Fact]
    public void A_key_that_comes_in_twice_is_an_error_that_shows_it_and_changes_nothing()
    {
        _lake.Write("SELECT 1 AS id, 'a' AS region");
        var error = Assert.Throws<LakeException>(() =>
            _lake.Write(
                "SELECT * FROM (VALUES (5, NULL), (5, NULL), (6, 'x'), (6, 'x'), (7, 'y')) t(id, region)",
                _lake.Merge("id", "region")
            )
        );

        Assert.Contains("2 keys come in more than once", error.Message, StringComparison.Ordinal);
        Assert.Contains("id = 5, region = null", error.Message, StringComparison.Ordinal);
        Assert.Single(_lake.Rows());
        Assert.Single(Directory.GetFiles(_lake.File("t"), "*.parquet"));
    }

    [Fact]
    public void Each_row_of_a_key_that_the_table_has_twice_is_updated()
    {
        _lake.Write("SELECT * FROM (VALUES (1, 'a'), (1, 'b')) t(id, v)");
        var metrics = _lake.Write("SELECT 1 AS id, 'c' AS v", _lake.Merge("id"));

        Assert.Equal(["{'id': 1, 'v': c}", "{'id': 1, 'v': c}"], _lake.Rows());
        Assert.Equal((2, 0), (metrics.RowsUpdated, metrics.RowsInserted));
    }

    [Fact]
    public void A_column_that_does_not_come_in_keeps_its_value_and_is_null_in_new_rows()
    {
        _lake.Write("SELECT 1 AS id, 'kept' AS a, 'old' AS b");
        _lake.Write("SELECT * FROM (VALUES (1, 'new'), (2, 'new')) t(id, b)", _lake.Merge("id"));

        Assert.Equal(["{'id': 1, 'a': kept, 'b': new}", "{'id': 2, 'a': NULL, 'b': new}"], _lake.Rows());
    }

    [Fact]
    public void A_row_moves_to_another_partition()
    {
        _lake.Write("SELECT * FROM (VALUES (1, 'x'), (2, 'x'), (3, 'y')) t(id, p)", _lake.Options() with { PartitionBy = ["p"] });
        _lake.Write("SELECT 1 AS id, 'y' AS p", _lake.Merge("id"));

        Assert.Equal(["{'id': 1, 'p': y}", "{'id': 2, 'p': x}", "{'id': 3, 'p': y}"], _lake.Rows());
    }

    [Fact]
    public void Partitions_that_hold_no_key_are_not_looked_at()
    {
        _lake.Write("SELECT i AS id, i % 4 AS p FROM range(40) t(i)", _lake.Options() with { PartitionBy = ["p"] });
        foreach (var file in _lake.Table().TryRead()!.Files.Where(file => file.PartitionValues["p"] != "2"))
            File.WriteAllText(_lake.File($"t/{file.Path}"), "this is no Parquet");
        _lake.IsDamaged = true;
        var metrics = _lake.Write("SELECT 2::BIGINT AS id, 2::BIGINT AS p", _lake.Merge("id", "p"));

        Assert.Equal((1, 9, 1), (metrics.RowsUpdated, metrics.RowsCopied, metrics.FilesRemoved));
    }

    [Fact]
    public void A_merge_of_nothing_changes_nothing()
    {
        _lake.Write("SELECT 1 AS id");
        var metrics = _lake.Write("SELECT 1 AS id WHERE false", _lake.Merge("id"));

        Assert.Equal((0, 0, 0), (metrics.RowsIn, metrics.FilesAdded, metrics.FilesRemoved));
        Assert.Single(_lake.Rows());
    }

    [Fact]
    public void Keys_that_are_no_numbers_match_by_value()
    {
        const string Sql =
            "SELECT 'ä''\"' AS s, DATE '2024-02-29' AS d, TIMESTAMP '2024-01-01 00:00:00.000001' AS t, 1.50::DECIMAL(10,2) AS n, 'NaN'::DOUBLE AS f, [1, NULL] AS l";
        _lake.Write($"{Sql}, 1 AS v");
        var metrics = _lake.Write($"{Sql}, 2 AS v", _lake.Merge("s", "d", "t", "n", "f", "l"));

        Assert.Equal((1, 0), (metrics.RowsUpdated, metrics.RowsInserted));
    }

    [Fact]
    public void Merging_needs_keys_that_both_sides_have()
    {
        _lake.Write("SELECT 1 AS id, 'a' AS v");

        Assert.Contains("needs keys", Refusal("SELECT 1 AS id", _lake.Merge()), StringComparison.Ordinal);
        Assert.Contains("'nope' is none of its columns", Refusal("SELECT 1 AS id", _lake.Merge("nope")), StringComparison.Ordinal);
        Assert.Contains("no column for the key 'id'", Refusal("SELECT 'a' AS v", _lake.Merge("id")), StringComparison.Ordinal);
    }

    [Fact]
    public void A_data_file_that_is_gone_is_named()
    {
        _lake.Write("SELECT 1 AS id, 'a' AS v");
        var file = _lake.Table().TryRead()!.Files.Single().Path;
        File.Delete(_lake.File($"t/{file}"));
        _lake.IsDamaged = true;
        var error = Assert.Throws<LakeException>(() => _lake.Write("SELECT 1 AS id, 'b' AS v", _lake.Merge("id")));

        Assert.Equal(("t", 0, file), (error.Table, error.Version, error.File));
        Assert.Equal([file], _lake.Table().TryRead()!.FindMissingFiles());
    }

    [Fact]
    public void A_merge_larger_than_its_memory_spills()
    {
        var options = new DatabaseOptions
        {
            MemoryLimitBytes = 100L << 20,
            Threads = 1,
            TempDirectory = _lake.File("spill"),
        };
        using var database = Database.Open(options);
        using var connection = database.Connect();
        connection.Execute("SET TimeZone = 'UTC'");
        const string Rows = "SELECT i AS id, repeat(md5(i::VARCHAR), 4) AS v FROM range({0}, {1}) t(i)";
        using (var staged = _lake.Table().Stage(connection, string.Format(null, Rows, 0, 500_000), _lake.Options()))
            staged.Commit();
        using var merged = _lake.Table().Stage(connection, string.Format(null, Rows, 250_000, 750_000), _lake.Merge("id"));
        merged.Commit();

        Assert.Equal((250_000, 250_000, 250_000), (merged.Metrics.RowsUpdated, merged.Metrics.RowsInserted, merged.Metrics.RowsCopied));
        using var distinct = _lake.Connection.Query(
            $"SELECT count(DISTINCT id) FROM ({_lake.Table().TryRead()!.Scan(_lake.Connection).Sql})"
        );
        Assert.Equal(750_000, distinct.Scalar<long>());
    }

    private string Refusal(string sql, WriteOptions options) => Assert.Throws<LakeException>(() => _lake.Write(sql, options)).Message;
}
