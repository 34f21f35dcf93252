using ServerlessHub.Engine;

namespace ServerlessHub.Lake.Tests;

public sealed class SandboxTests : IDisposable
{
    private readonly TestLake _lake = new();

    public void Dispose() => _lake.Dispose();

    [Theory]
    [InlineData("t")]
    [InlineData("with [brackets] and spaces")]
    public void A_database_that_is_closed_in_writes_merges_and_reads_the_table_it_may_and_no_other(string path)
    {
        _lake.Write("SELECT 1 AS id, 'a' AS p", _lake.Options() with { PartitionBy = ["p"] }, path);
        _lake.Write("SELECT 1 AS id, 'secret' AS p", path: "other");
        var other = _lake.Table("other").TryRead()!.Scan(_lake.Connection).Sql;

        using var database = Database.Open();
        database.Seal(_lake.Table(path).AllowedPaths, _lake.Table(path).AllowedPaths);
        using var connection = database.Connect();
        var (result, metrics) = _lake.Table(path).Write(connection, "SELECT 1 AS id, 'b' AS p UNION ALL SELECT 2, 'c'", _lake.Merge("id"));
        Assert.Equal((new CommitResult.Committed(1), 1), (result, metrics.RowsUpdated));
        _lake.Table(path).Write(connection, "SELECT 3 AS id, 'c' AS p", _lake.Options(WriteMode.OverwritePartitions));

        using (
            var rows = connection.Query(
                $"SELECT string_agg(id || p, ' ' ORDER BY id) FROM ({_lake.Table(path).TryRead()!.Scan(connection).Sql})"
            )
        )
            Assert.Equal("1b 3c", rows.Scalar<string>());
        var error = Assert.Throws<EngineException>(() => connection.Query(other));
        Assert.Equal(EngineErrorKind.Permission, error.Kind);
    }

    [Theory]
    [InlineData("t")]
    [InlineData("with [brackets] and spaces")]
    public void Reading_needs_only_the_data_files(string path)
    {
        _lake.Write("SELECT 1 AS id, 'a' AS p", _lake.Options() with { PartitionBy = ["p"] }, path);
        var snapshot = _lake.Table(path).TryRead()!;
        using var database = Database.Open();
        database.Seal([], snapshot.DataFilePaths);
        using var connection = database.Connect();
        using var rows = connection.Query(snapshot.Scan(connection).Sql);

        Assert.Single(rows.Rows());
    }
}
