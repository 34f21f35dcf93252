namespace ServerlessHub.Engine.Tests;

public sealed class CancellationTests : EngineTest
{
    // Hours of work, and nothing the optimiser could spare itself; the function tells that it has begun.
    private const string Endless = "SELECT i FROM range(10000000) a(i), range(10000000) b(j) WHERE running(hash(i, j)) % 1000003 = 7";

    private readonly TaskCompletionSource _runs = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public CancellationTests() =>
        Connection.Register(
            new(
                "running",
                [LogicalType.UBigInt],
                LogicalType.UBigInt,
                (input, output) =>
                {
                    _runs.TrySetResult();
                    input.Column(0).Span<ulong>().CopyTo(output.Span<ulong>());
                }
            )
        );

    [Fact]
    public async Task A_cancelled_statement_ends()
    {
        using var cancel = new CancellationTokenSource();
        var running = OnItsOwnThread(() => Connection.Execute($"SELECT count(*) FROM ({Endless})", cancel.Token));
        await Begun(running);
        cancel.Cancel();
        var error = await Assert.ThrowsAsync<OperationCanceledException>(() => running);
        Assert.Equal(cancel.Token, error.CancellationToken);
    }

    [Fact]
    public async Task Interrupting_a_connection_ends_its_statement()
    {
        var running = OnItsOwnThread(() => Connection.Execute($"SELECT count(*) FROM ({Endless})"));
        await Begun(running);
        Connection.Interrupt();
        await Assert.ThrowsAsync<OperationCanceledException>(() => running);
    }

    [Fact]
    public void A_token_that_was_cancelled_before_starts_nothing()
    {
        Assert.Throws<OperationCanceledException>(() => Connection.Execute("CREATE TABLE t(a INTEGER)", new CancellationToken(true)));
        Assert.Equal(0, Scalar<int>("SELECT count(*) FROM duckdb_tables()"));
    }

    [Fact]
    public void Cancelling_ends_the_reading_of_a_result()
    {
        using var cancel = new CancellationTokenSource();
        using var result = Connection.Query("SELECT i FROM range(1000000000000) t(i)", cancel.Token);
        Assert.True(result.MoveNextChunk());
        cancel.Cancel();
        Assert.Throws<OperationCanceledException>(() =>
        {
            while (result.MoveNextChunk())
                Assert.NotNull(result.Chunk);
        });
    }

    [Fact]
    public void A_token_cancelled_late_does_not_touch_the_next_statement()
    {
        using var cancel = new CancellationTokenSource();
        Assert.Equal(0, Connection.Execute("CREATE TABLE t(a INTEGER)", cancel.Token));
        using (var result = Connection.Query("SELECT 1", cancel.Token))
            Assert.Equal(1, result.Scalar<int>());
        cancel.Cancel();
        Connection.Interrupt();
        Assert.Equal(100_000, Scalar<int>("SELECT count(*) FROM range(100000)"));
    }

    [Fact]
    public async Task A_cancel_at_any_moment_either_ends_the_statement_or_comes_too_late()
    {
        for (var i = 0; i < 300; i++)
        {
            using var cancel = new CancellationTokenSource();
            using var start = new ManualResetEventSlim();
            var cancelling = OnItsOwnThread(() =>
            {
                start.Wait();
                Thread.SpinWait(i * 50);
                cancel.Cancel();
            });
            start.Set();
            try
            {
                Connection.Execute("SELECT count(*) FROM range(20000) t(i) WHERE hash(i) % 7 = 1", cancel.Token);
            }
            catch (OperationCanceledException)
            {
                // The other of the two outcomes.
            }
            Assert.Equal(1, Scalar<int>("SELECT 1"));
            await cancelling;
        }
    }

    [Fact]
    public async Task A_cancelled_insert_leaves_nothing()
    {
        Connection.Execute("CREATE TABLE t(a BIGINT)");
        using var cancel = new CancellationTokenSource();
        var running = OnItsOwnThread(() => Connection.Execute($"INSERT INTO t {Endless}", cancel.Token));
        await Begun(running);
        cancel.Cancel();
        await Assert.ThrowsAsync<OperationCanceledException>(() => running);
        Assert.Equal(0, Scalar<int>("SELECT count(*) FROM t"));
    }

    [Fact]
    public async Task Progress_moves()
    {
        Connection.Execute("CREATE TABLE t AS SELECT i FROM range(3000000) r(i)");
        Assert.Null(Connection.Progress.Percentage);
        using var cancel = new CancellationTokenSource();
        var running = OnItsOwnThread(() => Connection.Execute("SELECT max(sha256(sha256(sha256(i::VARCHAR)))) FROM t", cancel.Token));
        var first = await UntilProgress(progress => progress.Percentage > 0, running);
        var later = await UntilProgress(progress => progress.Percentage > first.Percentage, running);
        Assert.InRange(later.Percentage!.Value, first.Percentage!.Value, 100);
        Assert.InRange(later.Rows, 1, later.TotalRows);
        Assert.InRange(later.TotalRows, 3_000_000, 4_000_000);
        cancel.Cancel();
        await Assert.ThrowsAsync<OperationCanceledException>(() => running);
    }

    private async Task Begun(Task running) => Assert.Same(_runs.Task, await Task.WhenAny(_runs.Task, running));

    // Not one of the pool's, of which there are few and a statement blocks it.
    private static Task OnItsOwnThread(Action work) =>
        Task.Factory.StartNew(work, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    private async Task<QueryProgress> UntilProgress(Func<QueryProgress, bool> reached, Task running)
    {
        for (; ; )
        {
            var progress = Connection.Progress;
            if (reached(progress))
                return progress;
            Assert.False(running.IsCompleted, "The statement ended before it was far enough.");
            await Task.Yield();
        }
    }
}
