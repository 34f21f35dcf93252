namespace ServerlessHub.Lake.Tests;

public sealed class DeletionVectorWriteTests : IDisposable
{
    private readonly TestLake _lake = new();

    public void Dispose() => _lake.Dispose();

    [Fact]
    public void A_few_rows_of_a_large_file_are_listed_as_deleted_and_the_file_stays()
    {
        Create(100_000);
        var file = _lake.Table().TryRead()!.Files.Single().Path;
        var metrics = _lake.Delete("id % 1000 = 7");
        Assert.Equal((100L, 0, 0, 1, 0), Numbers(metrics));
        metrics = _lake.Update(new() { ["v"] = "'new'" }, "id IN (1, 99999)");
        Assert.Equal((0L, 1, 0, 1, 1), Numbers(metrics));
        metrics = _lake.Write("SELECT * FROM (VALUES (2, 'merged'), (200000, 'new')) t(id, v)", _lake.Merge("id"));
        Assert.Equal((0L, 1, 0, 1, 1), Numbers(metrics));
        Assert.Equal((1L, 1L, 0L), (metrics.RowsUpdated, metrics.RowsInserted, metrics.RowsCopied));

        var snapshot = _lake.Table().TryRead()!;
        Assert.Equal(file, snapshot.Files.Single(other => other.Action.DeletionVector is not null).Path);
        Assert.Equal(100_000 - 100 + 1, snapshot.Rows);
        Assert.Equal(
            ["{'n': 99901, 'new': 2, 'merged': 1}"],
            Summary("count(*) AS n, count(*) FILTER (v = 'new' AND id < 200000) AS new, count(*) FILTER (v = 'merged') AS merged")
        );
    }

    [Fact]
    public void A_file_that_lost_many_rows_is_written_anew_without_its_vector()
    {
        Create(1000);
        _lake.Delete("id < 100");
        var metrics = _lake.Delete("id < 400");

        Assert.Equal((300L, 1, 1, 0, 1), Numbers(metrics));
        Assert.Equal(600, metrics.RowsCopied);
        Assert.Null(_lake.Table().TryRead()!.Files.Single().Action.DeletionVector);
        Assert.Equal(["{'n': 600}"], Summary("count(*) AS n"));
    }

    [Fact]
    public void Rows_in_blocks_of_each_kind_are_deleted()
    {
        Create(300_000);
        _lake.Delete("id < 60000 OR id % 70000 = 1");

        Assert.Equal(["{'n': 239996, 'least': 60000}"], Summary("count(*) AS n, min(id) AS least"));
    }

    [Fact]
    public void A_failed_change_leaves_no_vector_behind()
    {
        Create(1000);
        using (var staged = _lake.Table().StageDelete(_lake.Connection, "id = 1", _lake.Options()))
        {
            Assert.Single(Directory.GetFiles(_lake.File("t"), "deletion_vector_*"));
            _lake.Delete("id = 2");
            Assert.IsType<CommitResult.Conflicted>(staged.Commit());
        }

        Assert.Single(Directory.GetFiles(_lake.File("t"), "deletion_vector_*"));
    }

    private void Create(int rows) =>
        _lake.Write(
            $"SELECT i::INTEGER AS id, 'old' AS v FROM range({rows}) t(i)",
            _lake.Options() with
            {
                Properties = new Dictionary<string, string?> { ["delta.enableDeletionVectors"] = "true" },
            }
        );

    private string[] Summary(string columns)
    {
        using var scan = _lake.Table().TryRead()!.Scan(_lake.Connection);
        return _lake.Query($"SELECT {columns} FROM ({scan.Sql})");
    }

    private static (long?, int, int, int, int) Numbers(WriteMetrics metrics) =>
        (metrics.RowsDeleted, metrics.FilesAdded, metrics.FilesRemoved, metrics.DeletionVectorsAdded, metrics.DeletionVectorsRemoved);
}
