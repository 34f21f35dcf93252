namespace ServerlessHub.Engine.Tests;

public sealed class ConcurrencyTests : EngineTest
{
    [Fact]
    public void Several_connections_work_at_once()
    {
        Connection.Execute("CREATE TABLE t(worker INTEGER, i INTEGER)");
        Parallel.For(
            0,
            8,
            new ParallelOptions { MaxDegreeOfParallelism = 8 },
            worker =>
            {
                using var connection = Database.Connect();
                for (var i = 0; i < 20; i++)
                {
                    using var insert = connection.Prepare("INSERT INTO t VALUES ($1, $2)");
                    insert.Bind(1, worker);
                    insert.Bind(2, i);
                    insert.Execute();
                    using var count = connection.Query($"SELECT count(*) FROM t WHERE worker = {worker}");
                    Assert.Equal(i + 1, count.Scalar<int>());
                }
            }
        );
        Assert.Equal(160, Scalar<int>("SELECT count(*) FROM t"));
    }

    [Fact]
    public void A_function_runs_on_many_threads()
    {
        using var database = Database.Open(new DatabaseOptions { Threads = 4 });
        using var connection = database.Connect();
        var inside = 0;
        var total = 0L;
        connection.Register(
            new(
                "plus_one",
                [LogicalType.BigInt],
                LogicalType.BigInt,
                (input, output) =>
                {
                    Interlocked.Increment(ref inside);
                    var from = input.Column(0).Span<long>();
                    var to = output.Span<long>();
                    for (var i = 0; i < from.Length; i++)
                        to[i] = from[i] + 1;
                    Interlocked.Add(ref total, from.Length);
                    Interlocked.Decrement(ref inside);
                }
            )
        );
        connection.Execute("CREATE TABLE t AS SELECT i FROM range(1000000) r(i)");
        using var result = connection.Query("SELECT sum(plus_one(i)) FROM t");
        Assert.Equal(1_000_000L * 1_000_001 / 2, result.Scalar<long>());
        Assert.Equal(0, inside);
        Assert.Equal(1_000_000, total);
    }

    [Fact]
    public void Databases_do_not_see_each_other()
    {
        using var other = Database.Open();
        using var connection = other.Connect();
        connection.Execute("CREATE TABLE t(a INTEGER)");
        Assert.Equal(EngineErrorKind.Catalog, Fails("FROM t").Kind);
    }

    [Fact]
    public void A_transaction_is_seen_when_it_commits()
    {
        using var other = Database.Connect();
        Connection.Execute("CREATE TABLE t(a INTEGER); BEGIN; INSERT INTO t VALUES (1)");
        using (var before = other.Query("SELECT count(*) FROM t"))
            Assert.Equal(0, before.Scalar<int>());
        Connection.Execute("COMMIT");
        using var after = other.Query("SELECT count(*) FROM t");
        Assert.Equal(1, after.Scalar<int>());
    }
}
