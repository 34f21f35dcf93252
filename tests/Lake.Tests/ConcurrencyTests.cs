using System.Collections.Concurrent;

namespace ServerlessHub.Lake.Tests;

public sealed class ConcurrencyTests : IDisposable
{
    private readonly TestLake _lake = new();

    public void Dispose() => _lake.Dispose();

    [Fact]
    public void Of_eight_threads_with_25_appends_each_none_is_lost()
    {
        Parallelly(
            8,
            worker =>
            {
                using var connection = _lake.Connect();
                var table = _lake.Table();
                for (var i = 0; i < 25; i++)
                {
                    var (result, _) = table.Write(connection, $"SELECT {worker} AS worker, {i} AS i", Options($"{worker}-{i}"));
                    Assert.IsType<CommitResult.Committed>(result);
                }
            }
        );

        Assert.Equal(200, _lake.Rows().Distinct().Count());
        Assert.Equal(199, _lake.Table().TryRead()!.Version);
    }

    [Fact]
    public void Merges_and_appends_side_by_side_lose_nothing_and_double_nothing()
    {
        _lake.Write("SELECT i AS k, 0::BIGINT AS n FROM range(4) t(i)");
        Parallelly(
            6,
            worker =>
            {
                using var connection = _lake.Connect();
                for (var i = 0; i < 4; i++)
                {
                    if (worker < 3)
                    {
                        Increment(connection, worker, i);
                        continue;
                    }
                    var (result, _) = _lake
                        .Table()
                        .Write(connection, $"SELECT {1000 + (worker * 100) + i}::BIGINT AS k, 1::BIGINT AS n", Options($"{worker}-{i}"));
                    Assert.IsType<CommitResult.Committed>(result);
                }
            }
        );

        Assert.Equal(["{'k': 0, 'n': 12}"], _lake.Rows().Where(row => row.Contains("'k': 0,", StringComparison.Ordinal)));
        Assert.Equal(4 + 12, _lake.Rows().Length);
    }

    [Fact]
    public void One_transaction_tried_by_many_at_once_is_committed_once()
    {
        var results = new ConcurrentBag<CommitResult>();
        Parallelly(
            8,
            _ =>
            {
                using var connection = _lake.Connect();
                using var staged = _lake.Table().Stage(connection, "SELECT 1 AS id", Options("the same"));
                results.Add(staged.Commit());
            }
        );

        Assert.Single(results.OfType<CommitResult.Committed>());
        Assert.Equal(7, results.OfType<CommitResult.AlreadyCommitted>().Count(result => result.Version == 0));
        Assert.Single(_lake.Rows());
    }

    [Fact]
    public void A_repeated_run_is_recognised_in_the_commit_though_it_was_staged_before_the_first_one_committed()
    {
        _lake.Write("SELECT 0 AS id");
        using var first = _lake.Table().Stage(_lake.Connection, "SELECT 1 AS id", Options("run"));
        using var second = _lake.Table().Stage(_lake.Connection, "SELECT 1 AS id", Options("run"));

        Assert.Equal(new CommitResult.Committed(1), first.Commit());
        Assert.Equal(new CommitResult.AlreadyCommitted(1), second.Commit());
        Assert.Equal(new CommitResult.Committed(1), first.Commit());
    }

    [Theory]
    [InlineData(WriteMode.Append, WriteMode.Append, false)]
    [InlineData(WriteMode.Append, WriteMode.Overwrite, false)]
    [InlineData(WriteMode.Append, WriteMode.Merge, false)]
    [InlineData(WriteMode.Overwrite, WriteMode.Append, true)]
    [InlineData(WriteMode.Overwrite, WriteMode.Merge, true)]
    [InlineData(WriteMode.OverwritePartitions, WriteMode.Append, true)]
    [InlineData(WriteMode.Merge, WriteMode.Append, true)]
    [InlineData(WriteMode.Merge, WriteMode.Merge, true)]
    [InlineData(WriteMode.Merge, WriteMode.Overwrite, true)]
    public void A_write_conflicts_with_a_commit_that_it_would_have_had_to_see(WriteMode late, WriteMode early, bool conflicts)
    {
        const string Sql = "SELECT 1 AS id, 1 AS p";
        _lake.Write(Sql, _lake.Options() with { PartitionBy = ["p"] });
        using var staged = _lake.Table().Stage(_lake.Connection, Sql, _lake.Options(late) with { Keys = ["id"] });
        _lake.Write(Sql, _lake.Options(early) with { Keys = ["id"] });
        var result = staged.Commit();

        if (conflicts)
            Assert.Equal(1, Assert.IsType<CommitResult.Conflicted>(result).Version);
        else
            Assert.Equal(new CommitResult.Committed(2), result);
    }

    [Theory]
    [InlineData(WriteMode.OverwritePartitions, WriteMode.OverwritePartitions)]
    [InlineData(WriteMode.OverwritePartitions, WriteMode.Append)]
    [InlineData(WriteMode.Merge, WriteMode.Append)]
    [InlineData(WriteMode.Merge, WriteMode.Merge)]
    public void A_write_does_not_conflict_with_one_that_touches_other_partitions_or_keys(WriteMode late, WriteMode early)
    {
        _lake.Write("SELECT i AS id, i AS p FROM range(3) t(i)", _lake.Options() with { PartitionBy = ["p"] });
        using var staged = _lake
            .Table()
            .Stage(_lake.Connection, "SELECT 1::BIGINT AS id, 1::BIGINT AS p", _lake.Options(late) with { Keys = ["id"] });
        _lake.Write("SELECT 2::BIGINT AS id, 2::BIGINT AS p", _lake.Options(early) with { Keys = ["id"] });

        Assert.Equal(new CommitResult.Committed(2), staged.Commit());
        Assert.Equal(early == WriteMode.Append ? 4 : 3, _lake.Rows().Length);
    }

    [Fact]
    public void Making_a_table_or_changing_its_schema_at_the_same_time_is_a_conflict()
    {
        using var late = _lake.Table().Stage(_lake.Connection, "SELECT 1 AS id", _lake.Options());
        _lake.Write("SELECT 1 AS id");
        Assert.Equal(0, Assert.IsType<CommitResult.Conflicted>(late.Commit()).Version);

        using var append = _lake.Table().Stage(_lake.Connection, "SELECT 1 AS id", _lake.Options());
        _lake.Write("SELECT 1 AS id, 2 AS x", _lake.Options() with { EvolveSchema = true });
        Assert.Contains("schema", Assert.IsType<CommitResult.Conflicted>(append.Commit()).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_query_that_reads_the_table_itself_conflicts_with_what_came_after_the_version_it_read()
    {
        _lake.Write("SELECT 1 AS id");
        var read = _lake.Table().TryRead()!;
        _lake.Write("SELECT 2 AS id");
        using var staged = _lake
            .Table()
            .Stage(
                _lake.Connection,
                $"SELECT id + 10 AS id FROM ({read.Scan(_lake.Connection).Sql})",
                _lake.Options(WriteMode.Overwrite) with
                {
                    ReadVersion = read.Version,
                }
            );

        Assert.Equal(1, Assert.IsType<CommitResult.Conflicted>(staged.Commit()).Version);
        Assert.Equal(["{'id': 1}", "{'id': 2}"], _lake.Rows());
    }

    [Fact]
    public void A_conflicted_write_deletes_its_files()
    {
        _lake.Write("SELECT 1 AS id");
        using (var staged = _lake.Table().Stage(_lake.Connection, "SELECT 2 AS id", _lake.Options(WriteMode.Overwrite)))
        {
            _lake.Write("SELECT 3 AS id");
            Assert.IsType<CommitResult.Conflicted>(staged.Commit());
        }
        Assert.Equal(2, Directory.GetFiles(_lake.File("t"), "*.parquet").Length);
    }

    /// <summary>Reads the table and writes what it read, plus one: the write that is lost most easily.</summary>
    private void Increment(Engine.Connection connection, int worker, int i)
    {
        while (true)
        {
            var read = _lake.Table().TryRead()!;
            var sql = $"SELECT k, n + 1 AS n FROM ({read.Scan(_lake.Connection).Sql}) WHERE k < 4";
            using var staged = _lake
                .Table()
                .Stage(connection, sql, Options($"{worker}-{i}") with { Mode = WriteMode.Merge, Keys = ["k"], ReadVersion = read.Version });
            if (staged.Commit() is CommitResult.Committed)
                return;
        }
    }

    private static WriteOptions Options(string transaction) => new() { TransactionId = transaction };

    private static void Parallelly(int count, Action<int> work)
    {
        var errors = new ConcurrentQueue<Exception>();
        var threads = Enumerable.Range(0, count).Select(index => new Thread(() => Catch(() => work(index), errors))).ToList();
        threads.ForEach(thread => thread.Start());
        threads.ForEach(thread => thread.Join());
        if (!errors.IsEmpty)
            throw new AggregateException(errors);
    }

    private static void Catch(Action work, ConcurrentQueue<Exception> errors)
    {
        try
        {
            work();
        }
        catch (Exception e)
        {
            errors.Enqueue(e);
        }
    }
}
