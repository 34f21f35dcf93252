using ServerlessHub.Tests.Shared;

namespace ServerlessHub.Lake.Tests;

/// <summary>What a write keeps of its promise while its storage fails; each storage's tests inherit these.</summary>
public abstract class FaultTests(bool inAzure) : IDisposable
{
    private readonly TestLake _lake = new(storage => new FaultyStorage(storage), inAzure);

    private FaultyStorage Storage => (FaultyStorage)_lake.Storage;

    public void Dispose()
    {
        _lake.Dispose();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public void A_commit_that_cannot_be_written_is_an_error_and_the_repeated_write_goes_through()
    {
        _lake.Write("SELECT 1 AS id");
        var options = _lake.Options();
        Storage.BeforeWrite = _ => throw new IOException("No space left on device");
        using (var staged = Stage(options))
        {
            var error = Assert.Throws<LakeException>(() => staged.Commit());
            Assert.Equal((1, "_delta_log/00000000000000000001.json"), (error.Version, error.File));
            Assert.Contains("No space left", error.Message, StringComparison.Ordinal);
        }
        Assert.Single(_lake.Rows());

        Storage.BeforeWrite = _ => { };
        _lake.Write("SELECT 2 AS id", options);
        Assert.Equal(2, _lake.Rows().Length);
    }

    [Fact]
    public void A_commit_that_succeeds_though_it_is_said_to_fail_is_committed_and_keeps_its_files()
    {
        var fails = true;
        Storage.AfterWrite = _ => Fail(ref fails);
        using (var staged = Stage(_lake.Options()))
            Assert.Equal(new CommitResult.Committed(0), staged.Commit());

        Assert.Single(_lake.Rows());
    }

    [Fact]
    public void A_commit_that_succeeds_though_the_storage_then_says_that_the_file_was_there_is_committed()
    {
        Storage.SaysPresent = true;
        using var staged = Stage(_lake.Options());
        Assert.Equal(new CommitResult.Committed(0), staged.Commit());
    }

    [Fact]
    public void A_commit_whose_outcome_cannot_be_told_keeps_its_files_and_is_recognised_later()
    {
        _lake.Write("SELECT 1 AS id");
        var options = _lake.Options();
        Storage.AfterWrite = _ =>
        {
            Storage.BeforeRead = _ => throw new IOException("The storage does not answer.");
            throw new IOException("The connection was reset.");
        };
        using (var staged = Stage(options))
            Assert.Throws<LakeException>(() => staged.Commit());

        Storage.AfterWrite = _ => { };
        Storage.BeforeRead = _ => { };
        Assert.Equal(2, _lake.Rows().Length);
        using var again = Stage(options);
        Assert.Equal(new CommitResult.AlreadyCommitted(1), again.Commit());
    }

    [Fact]
    public void A_commit_that_fails_while_another_one_gets_there_first_is_tried_after_it()
    {
        _lake.Write("SELECT 1 AS id");
        var first = true;
        Storage.BeforeWrite = path =>
        {
            if (!first)
                return;
            first = false;
            Storage.Inner.WriteIfAbsent(
                path,
                """{"commitInfo":{"timestamp":1,"operation":"WRITE","operationParameters":{},"operationMetrics":{},"engineInfo":"ServerlessHub/x","txnId":"other"}}"""u8.ToArray()
            );
            throw new IOException("The connection was reset.");
        };
        using var staged = Stage(_lake.Options());

        Assert.Equal(new CommitResult.Committed(2), staged.Commit());
        Assert.Equal(2, _lake.Rows().Length);
    }

    [Fact]
    public void Files_that_cannot_be_made_durable_are_deleted_and_not_committed()
    {
        Storage.BeforePersist = () => throw new IOException("Input/output error");
        var error = Assert.Throws<LakeException>(() => Stage(_lake.Options()));

        Assert.Contains("Input/output error", error.Message, StringComparison.Ordinal);
        Assert.Empty(Files("t"));
    }

    [Fact]
    public void A_checkpoint_that_fails_does_no_harm_and_is_said()
    {
        for (var i = 0; i < 10; i++)
            _lake.Write("SELECT 1 AS id");
        Storage.BeforeReplace = _ => throw new IOException("No space left on device");
        using (var staged = Stage(_lake.Options()))
        {
            var result = Assert.IsType<CommitResult.Committed>(staged.Commit());
            Assert.Contains("No space left", result.Warning, StringComparison.Ordinal);
        }
        Storage.BeforeReplace = _ => { };
        Assert.Equal(11, _lake.Rows().Length);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void A_checkpoint_with_sidecars_that_fails_at_any_step_does_no_harm_and_the_next_one_is_read(int step)
    {
        _lake.Write(
            "SELECT 0 AS id",
            _lake.Options() with
            {
                Properties = new Dictionary<string, string?> { ["delta.checkpointPolicy"] = "v2", ["delta.checkpointInterval"] = "1000" },
            }
        );
        for (var id = 1; id < 4; id++)
            _lake.Write($"SELECT {id} AS id");
        var checkpointing = new Log.Checkpointing(Storage, "t", TimeProvider.System) { MaxSidecarActions = 2 };
        var steps = 0;
        Storage.BeforeReplace = _ =>
        {
            if (steps++ == step)
                throw new IOException("No space left on device");
        };
        Assert.Throws<IOException>(() => checkpointing.Write(3));
        Assert.Equal(4, _lake.Rows().Length);

        Storage.BeforeReplace = _ => { };
        checkpointing.Write(3);
        _lake.Write("SELECT 4 AS id");
        // Two sidecars, what names them, and where that is.
        Assert.Equal(step + 1, steps);
        Storage.BeforeRead = path =>
            Assert.DoesNotContain(
                path,
                Enumerable.Range(0, 4).Select(version => $"t/_delta_log/{version:D20}.json"),
                StringComparer.Ordinal
            );
        Assert.Equal(5, _lake.Rows().Length);
        Storage.BeforeRead = _ => { };
    }

    [Fact]
    public void A_deletion_vector_that_cannot_be_written_ends_the_delete_and_the_repeated_one_goes_through()
    {
        var vectors = new Dictionary<string, string?> { ["delta.enableDeletionVectors"] = "true" };
        _lake.Write("SELECT i AS id FROM range(100) t(i)", _lake.Options() with { Properties = vectors });
        var before = Files("t");
        var options = _lake.Options();
        Storage.BeforeWrite = path =>
        {
            if (path.EndsWith(".bin", StringComparison.Ordinal))
                throw new IOException("No space left on device");
        };
        var error = Assert.Throws<LakeException>(() => _lake.Table().StageDelete(_lake.Connection, "id = 7", options));
        Assert.Contains("No space left", error.Message, StringComparison.Ordinal);
        Assert.Equal(before, Files("t"));

        Storage.BeforeWrite = _ => { };
        TestLake.Commit(_lake.Table().StageDelete(_lake.Connection, "id = 7", options));
        Assert.Equal(99, _lake.Rows().Length);
        Assert.Equal(before.Count + 2, Files("t").Count);
    }

    [Fact]
    public void Files_that_cannot_be_deleted_do_not_hide_why_a_write_failed()
    {
        Storage.BeforeDelete = _ => throw new UnauthorizedAccessException("Read-only");
        var error = Assert.Throws<LakeException>(() =>
            _lake.Write(
                "SELECT NULL::BIGINT AS id",
                _lake.Options() with
                {
                    Schema = [new("id", Engine.LogicalType.BigInt, Nullable: false)],
                }
            )
        );

        Assert.Contains("'id'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_log_that_cannot_be_read_is_an_error_of_the_table()
    {
        _lake.Write("SELECT 1 AS id");
        Storage.BeforeRead = _ => throw new UnauthorizedAccessException("Access to the path is denied.");

        Assert.Contains("denied", Assert.Throws<LakeException>(() => _lake.Table().TryRead()).Message, StringComparison.Ordinal);
        Storage.BeforeRead = _ => { };
    }

    [Fact]
    public void A_commit_that_a_listing_lacks_since_it_came_meanwhile_is_read_all_the_same()
    {
        for (var id = 0; id < 4; id++)
            _lake.Write($"SELECT {id} AS id");
        Storage.IsListed = name => name is not "00000000000000000002.json";

        Assert.Equal(4, _lake.Rows().Length);
        Assert.Equal([3, 2, 1, 0], _lake.Table().History().Select(version => (int)version.Version));
    }

    [Fact]
    public void A_query_that_fails_half_way_leaves_nothing()
    {
        _lake.Write("SELECT 1 AS id, 1 AS p", _lake.Options() with { PartitionBy = ["p"] });
        var before = Files("t");
        const string Sql =
            "SELECT CASE WHEN i = 2999999 THEN CAST('no number' AS INTEGER) ELSE i::INTEGER END AS id, (i % 3)::INTEGER AS p FROM range(3000000) t(i)";
        Assert.Throws<Engine.EngineException>(() => _lake.Table().Stage(_lake.Connection, Sql, _lake.Options()));

        Assert.Equal(before, Files("t"));
    }

    [Fact]
    public void A_cancelled_write_leaves_nothing()
    {
        using var source = new CancellationTokenSource();
        Storage.BeforePersist = source.Cancel;
        Assert.ThrowsAny<OperationCanceledException>(() =>
        {
            using var staged = _lake.Table().Stage(_lake.Connection, "SELECT 1 AS id", _lake.Options(), source.Token);
            staged.Commit(source.Token);
        });

        Assert.Empty(Files("t"));
        Assert.Throws<OperationCanceledException>(() =>
            _lake.Table().Stage(_lake.Connection, "SELECT 1 AS id", _lake.Options(), source.Token)
        );
    }

    [Fact]
    public void A_commit_that_arrives_long_after_it_was_given_up_is_whole_and_is_recognised()
    {
        _lake.Write("SELECT 1 AS id");
        var options = _lake.Options();
        Storage.IsLate = true;
        using (var staged = Stage(options))
            Assert.Throws<LakeException>(() => staged.Commit());
        Assert.Single(_lake.Rows());

        Storage.Arrive();
        Assert.Equal(2, _lake.Rows().Length);
        using var again = Stage(options);
        Assert.Equal(new CommitResult.AlreadyCommitted(1), again.Commit());
    }

    [Fact]
    public void Data_files_that_are_there_though_it_is_said_that_they_are_not_are_deleted_and_the_repeated_write_goes_through()
    {
        _lake.Write("SELECT 1 AS id");
        var before = Files("t");
        var options = _lake.Options();
        Storage.AfterPersist = () => throw new IOException("The connection was reset.");
        Assert.Throws<LakeException>(() => Stage(options));
        Assert.Equal(before, Files("t"));

        Storage.AfterPersist = () => { };
        _lake.Write("SELECT 2 AS id", options);
        Assert.Equal(2, _lake.Rows().Length);
    }

    [Fact]
    public void Files_that_cannot_be_fetched_end_a_merge_and_the_repeated_one_goes_through()
    {
        _lake.Write("SELECT 1 AS id, 'old' AS v");
        var options = _lake.Merge("id");
        Storage.BeforeFetch = () => throw new IOException("The operation timed out.");
        var error = Assert.Throws<LakeException>(() => _lake.Write("SELECT 1 AS id, 'new' AS v", options));
        Assert.Contains("timed out", error.Message, StringComparison.Ordinal);

        Storage.BeforeFetch = () => { };
        _lake.Write("SELECT 1 AS id, 'new' AS v", options);
        Assert.Equal(["{'id': 1, 'v': new}"], _lake.Rows());
    }

    private List<string> Files(string folder) =>
        [.. Storage.List(folder).Select(file => file.Path), .. Storage.Folders(folder).SelectMany(Files)];

    private StagedWrite Stage(WriteOptions options) => _lake.Table().Stage(_lake.Connection, "SELECT 2 AS id", options);

    private static void Fail(ref bool fails)
    {
        if (!fails)
            return;
        fails = false;
        throw new IOException("The connection was reset.");
    }
}

public sealed class LocalFaultTests() : FaultTests(inAzure: false);

public sealed class AzureFaultTests() : FaultTests(inAzure: true);
