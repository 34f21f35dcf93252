using ServerlessHub.Lake.Log;
using ServerlessHub.Lake.Maintenance;
using ServerlessHub.Tests.Shared;

namespace ServerlessHub.Lake.Tests;

public sealed class AutoCompactionTests(AutoCompactionTests.ManyFiles many) : IClassFixture<AutoCompactionTests.ManyFiles>, IDisposable
{
    private const int Enough = AutoCompaction.MinFiles;
    private readonly TestLake _lake = new(storage => new FaultyStorage(storage));

    private FaultyStorage Storage => (FaultyStorage)_lake.Storage;

    public void Dispose() => _lake.Dispose();

    [Fact]
    public void The_write_that_makes_small_files_many_is_followed_by_a_commit_that_puts_them_together()
    {
        Begin();
        Assert.Equal(Enough - 1, Files());

        var options = _lake.Options() with { CommitInfo = new Dictionary<string, string> { ["runId"] = "r7" } };
        Assert.Equal(new CommitResult.Committed(Enough - 1), Write("SELECT 1000 AS id", options));

        var last = _lake.Table().History()[0];
        Assert.Equal(
            (Enough, "OPTIMIZE", "true", "r7"),
            (last.Version, last.Operation, last.Parameters["auto"], last.Info["runId"]!.ToString())
        );
        Assert.Equal(1, Files());
        Assert.Equal(Enough, _lake.Rows().Length);
        Assert.Equal(Enough, _lake.Rows(Enough - 1).Length);

        Assert.Equal(new CommitResult.Committed(Enough + 1), Write("SELECT 1001 AS id"));
        Assert.Equal(2, Files());
    }

    [Fact]
    public void A_table_that_does_not_ask_for_it_keeps_its_files()
    {
        Begin();
        Set("false");
        Write("SELECT 1000 AS id");

        Assert.Equal(Enough, Files());
    }

    [Fact]
    public void Only_the_partitions_that_were_added_to_and_have_many_small_files_are_touched()
    {
        for (var i = 0; i < Enough; i++)
            _lake.Write($"SELECT p, {i} AS id FROM range(3) t(p) WHERE p < 2 OR {i} = 0", _lake.Options() with { PartitionBy = ["p"] });
        Set("true");
        Write("SELECT 1 AS p, 1000 AS id UNION ALL SELECT 2, 1000");

        var snapshot = _lake.Table().TryRead()!;
        Assert.Equal([Enough, 1, 2], Enumerable.Range(0, 3).Select(p => snapshot.Matching([new("p", $"{p}", $"{p}")]).Count));
    }

    [Fact]
    public void A_merge_that_holds_the_turn_to_rewrite_is_followed_by_it_too()
    {
        Begin();
        var (result, _) = _lake.Table().Write(_lake.Connection, "SELECT 1000 AS id", _lake.Merge("id"));

        Assert.Equal(new CommitResult.Committed(Enough - 1), result);
        Assert.Equal(1, Files());
    }

    [Fact]
    public void While_somebody_else_here_rewrites_rows_it_is_left_for_the_next_write()
    {
        Begin();
        using (TableLocks.EnterRewrite(_lake.Storage, "t", default))
            Assert.Equal(new CommitResult.Committed(Enough - 1), Write("SELECT 1000 AS id"));
        Assert.Equal(Enough, Files());

        Write("SELECT 1001 AS id");
        Assert.Equal(1, Files());
    }

    [Fact]
    public void A_commit_of_it_that_cannot_be_written_is_a_warning_and_the_next_write_makes_it()
    {
        Begin();
        Storage.BeforeWrite = path =>
        {
            if (path.EndsWith($"{Enough:D20}.json", StringComparison.Ordinal))
                throw new IOException("No space left on device");
        };
        AssertWarns(Write("SELECT 1000 AS id"), "No space left");
        Storage.BeforeWrite = _ => { };

        Assert.Equal(Enough, Files());
        Assert.Equal(Enough, _lake.Rows().Length);
        Assert.Equal(new CommitResult.Committed(Enough), Write("SELECT 1001 AS id"));
        Assert.Equal(1, Files());
    }

    [Fact]
    public void Files_that_cannot_be_brought_or_made_durable_are_a_warning_and_leave_nothing()
    {
        Begin();
        var persists = 0;
        Storage.BeforePersist = () =>
        {
            if (++persists == 2)
                throw new IOException("The disk is gone.");
        };
        AssertWarns(Write("SELECT 1000 AS id"), "The disk is gone");
        Storage.BeforePersist = () => { };

        Storage.AfterWrite = _ => Storage.BeforeFetch = () => throw new IOException("The storage does not answer.");
        AssertWarns(Write("SELECT 1001 AS id"), "does not answer");
        Storage.AfterWrite = _ => { };
        Storage.BeforeFetch = () => { };

        Assert.Equal(Enough + 1, Directory.GetFiles(_lake.File("t"), "*.parquet").Length);
        Assert.Equal(Enough + 1, _lake.Rows().Length);
    }

    [Fact]
    public void When_others_take_a_file_out_meanwhile_the_files_stay_as_they_are()
    {
        Begin();
        var persists = 0;
        Storage.BeforePersist = () =>
        {
            if (++persists != 2)
                return;
            using var connection = _lake.Connect();
            TestLake.Commit(_lake.Table().StageDelete(connection, "id = 3", _lake.Options()));
        };
        Assert.Equal(new CommitResult.Committed(Enough - 1), Write("SELECT 1000 AS id"));

        Assert.Equal(Enough - 1, Files());
        Assert.Equal(Enough - 1, _lake.Rows().Length);
    }

    [Fact]
    public void Without_the_connection_or_once_cancelled_the_write_stays_committed()
    {
        Begin();
        using (var connection = _lake.Connect())
        {
            using var staged = _lake.Table().Stage(connection, "SELECT 1000 AS id", _lake.Options());
            connection.Dispose();
            AssertWarns(staged.Commit(), "disposed");
        }
        using var cancellation = new CancellationTokenSource();
        Storage.AfterWrite = _ => cancellation.Cancel();
        using (var staged = _lake.Table().Stage(_lake.Connection, "SELECT 1001 AS id", _lake.Options()))
            AssertWarns(staged.Commit(cancellation.Token), "cancel");

        Assert.Equal(Enough + 1, Files());
    }

    [Fact]
    public void The_property_is_true_or_false()
    {
        _lake.Write("SELECT 1 AS id");

        var error = Assert.Throws<LakeException>(() => Set("often"));
        Assert.Contains($"'{AutoCompaction.Property}' is true or false", error.Message, StringComparison.Ordinal);
    }

    /// <summary>Makes the table, such that one more small file is enough.</summary>
    private void Begin()
    {
        foreach (var file in Directory.GetFiles(many.Folder, "*", SearchOption.AllDirectories))
        {
            var copy = Path.Combine(_lake.File("t"), Path.GetRelativePath(many.Folder, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }
    }

    private void Set(string value) =>
        TestLake.Commit(
            _lake.Table().StageProperties(new Dictionary<string, string?> { [AutoCompaction.Property] = value }, _lake.Options())
        );

    private CommitResult Write(string sql, WriteOptions? options = null)
    {
        using var staged = _lake.Table().Stage(_lake.Connection, sql, options ?? _lake.Options());
        return staged.Commit();
    }

    private int Files() => _lake.Table().TryRead()!.Files.Count;

    private static void AssertWarns(CommitResult result, string hint)
    {
        var warning = Assert.IsType<CommitResult.Committed>(result).Warning;
        Assert.Contains(AutoCompaction.Property, warning, StringComparison.Ordinal);
        Assert.Contains(hint, warning, StringComparison.Ordinal);
    }

    /// <summary>A table that is written once for all tests, with one small file too few.</summary>
    public sealed class ManyFiles : IDisposable
    {
        private readonly TestLake _lake = new();

        public ManyFiles()
        {
            var properties = new Dictionary<string, string?> { [AutoCompaction.Property] = "true" };
            for (var i = 0; i < Enough - 1; i++)
                _lake.Write($"SELECT {i} AS id", _lake.Options() with { TransactionId = $"file-{i}", Properties = properties });
        }

        public string Folder => _lake.File("t");

        public void Dispose() => _lake.Dispose();
    }
}
