namespace ServerlessHub.Lake.Tests;

public sealed class WriteTests : IDisposable
{
    private readonly TestLake _lake = new();

    public void Dispose() => _lake.Dispose();

    [Fact]
    public void An_append_makes_the_table_and_the_next_one_adds_to_it()
    {
        Assert.Null(_lake.Table().TryRead());
        var first = _lake.Write("SELECT 1 AS id, 'a' AS name");
        _lake.Write("SELECT 2 AS id, 'b' AS name");

        Assert.Equal((1, 1, 1), (first.RowsIn, first.RowsInserted, first.FilesAdded));
        Assert.Equal(["{'id': 1, 'name': a}", "{'id': 2, 'name': b}"], _lake.Rows());
        Assert.Equal(["{'id': 1, 'name': a}"], _lake.Rows(version: 0));
        Assert.Equal(2, _lake.Table().TryRead()!.Rows);
    }

    [Fact]
    public void An_overwrite_leaves_the_new_rows_only_and_the_old_version_stays_readable()
    {
        _lake.Write("SELECT i AS id FROM range(10) t(i)");
        var metrics = _lake.Write("SELECT 42::BIGINT AS id", _lake.Options(WriteMode.Overwrite));

        Assert.Equal(["{'id': 42}"], _lake.Rows());
        Assert.Equal(10, metrics.RowsDeleted);
        Assert.Equal(10, _lake.Rows(version: 0).Length);
    }

    [Fact]
    public void An_overwrite_with_nothing_empties_the_table()
    {
        _lake.Write("SELECT 1 AS id");
        _lake.Write("SELECT 1 AS id WHERE false", _lake.Options(WriteMode.Overwrite));

        Assert.Empty(_lake.Rows());
        Assert.Equal("id", Assert.Single(_lake.Table().TryRead()!.Columns).Name);
    }

    [Fact]
    public void An_append_of_nothing_makes_the_table()
    {
        _lake.Write("SELECT 1 AS id, 'x' AS p WHERE false", _lake.Options() with { PartitionBy = ["p"] });

        Assert.Empty(_lake.Rows());
        Assert.Equal(["p"], _lake.Table().TryRead()!.PartitionColumns);
    }

    [Fact]
    public void Overwriting_partitions_replaces_those_written_and_no_other()
    {
        var partitioned = _lake.Options() with { PartitionBy = ["day"] };
        _lake.Write("SELECT i AS id, i % 3 AS day FROM range(9) t(i)", partitioned);
        _lake.Write("SELECT 100::BIGINT AS id, 1::BIGINT AS day", _lake.Options(WriteMode.OverwritePartitions));

        Assert.Equal(
            ["0", "3", "6", "100", "2", "5", "8"],
            _lake.Query($"SELECT * EXCLUDE (day) FROM ({_lake.Table().TryRead()!.Scan(_lake.Connection).Sql}) ORDER BY day, id").Select(Id)
        );

        _lake.Write("SELECT 1::BIGINT AS id, 1::BIGINT AS day WHERE false", _lake.Options(WriteMode.OverwritePartitions));
        Assert.Equal(7, _lake.Rows().Length);
    }

    [Fact]
    public void The_same_transaction_is_written_once()
    {
        var options = _lake.Options();
        _lake.Write("SELECT 1 AS id", options);
        using var again = _lake.Table().Stage(_lake.Connection, "SELECT 1 AS id", options);

        Assert.Equal(new CommitResult.AlreadyCommitted(0), again.Commit());
        Assert.Single(_lake.Rows());
    }

    [Fact]
    public void What_is_staged_is_not_visible_and_disposing_it_deletes_its_files()
    {
        _lake.Write("SELECT 1 AS id");
        using (var staged = _lake.Table().Stage(_lake.Connection, "SELECT 2 AS id", _lake.Options()))
        {
            Assert.Single(_lake.Rows());
            Assert.Equal(2, Directory.GetFiles(_lake.File("t"), "*.parquet").Length);
        }
        Assert.Single(Directory.GetFiles(_lake.File("t"), "*.parquet"));
    }

    [Fact]
    public void The_root_of_a_storage_may_be_a_table_itself()
    {
        _lake.Write("SELECT 1 AS id", path: "");
        _lake.Write("SELECT 1 AS id", _lake.Merge("id"), "/");

        Assert.Equal((".", 1), (_lake.Table("").Path, _lake.Table("").TryRead()!.Version));
        Assert.Equal(["{'id': 1}"], _lake.Rows(path: ""));
    }

    [Fact]
    public void An_object_that_remembers_the_log_sees_what_others_commit_and_a_table_that_was_made_again()
    {
        var table = _lake.Table();
        _lake.Write("SELECT 1 AS id");
        Assert.Equal(0, table.TryRead()!.Version);
        for (var i = 0; i < 12; i++)
            _lake.Write("SELECT 2 AS id", _lake.Options(i == 5 ? WriteMode.Overwrite : WriteMode.Append));
        Assert.Equal((12, 7), (table.TryRead()!.Version, table.TryRead()!.Rows));
        Assert.Equal(0, table.TryRead(0)!.Version);

        Directory.Delete(_lake.File("t"), recursive: true);
        Assert.Null(table.TryRead());
        for (var i = 0; i < 14; i++)
            _lake.Write("SELECT 'other' AS name");
        Assert.Equal((13, 14, "name"), (table.TryRead()!.Version, table.TryRead()!.Rows, table.TryRead()!.Columns.Single().Name));
    }

    private static string Id(string row) => row.Replace("{'id': ", "", StringComparison.Ordinal).TrimEnd('}');
}
