namespace ServerlessHub.Engine.Tests;

public sealed class DisposalTests
{
    [Fact]
    public void What_is_disposed_says_so()
    {
        var database = Database.Open();
        var connection = database.Connect();
        connection.Execute("CREATE TABLE t(a INTEGER)");
        var statement = connection.Prepare("SELECT 1");
        var result = connection.Query("SELECT i FROM range(10) t(i)");
        var appender = connection.CreateAppender("t");

        result.Dispose();
        Assert.Throws<ObjectDisposedException>(() => result.MoveNextChunk());
        statement.Dispose();
        Assert.Throws<ObjectDisposedException>(() => statement.Execute());
        Assert.Throws<ObjectDisposedException>(() => statement.Bind(1, 1));
        appender.Dispose();
        Assert.Throws<ObjectDisposedException>(() => appender.Append(0));
        Assert.Throws<ObjectDisposedException>(() => appender.AppendRow(1));
        connection.Dispose();
        Assert.Throws<ObjectDisposedException>(() => connection.Execute("SELECT 1"));
        Assert.Throws<ObjectDisposedException>(() => connection.Query("SELECT 1"));
        Assert.Throws<ObjectDisposedException>(() => connection.Prepare("SELECT 1"));
        Assert.Throws<ObjectDisposedException>(() => connection.Progress);
        Assert.Throws<ObjectDisposedException>(() => connection.CreateAppender("t"));
        database.Dispose();
        Assert.Throws<ObjectDisposedException>(() => database.Connect());
    }

    [Fact]
    public void Disposing_twice_is_no_harm()
    {
        var database = Database.Open();
        var connection = database.Connect();
        connection.Execute("CREATE TABLE t(a INTEGER)");
        var statement = connection.Prepare("SELECT 1");
        var result = statement.Query();
        var appender = connection.CreateAppender("t");
        for (var i = 0; i < 2; i++)
        {
            appender.Dispose();
            result.Dispose();
            statement.Dispose();
            connection.Dispose();
            database.Dispose();
        }
    }

    [Fact]
    public void The_order_of_disposal_does_not_matter()
    {
        var database = Database.Open();
        var connection = database.Connect();
        using var statement = connection.Prepare("SELECT i FROM range(100000) t(i)");
        using var result = statement.Query();
        database.Dispose();
        connection.Dispose();
        Assert.Equal(100_000, result.Chunks().Sum(chunk => chunk.Length));
    }

    [Fact]
    public void Interrupting_a_closed_connection_does_nothing()
    {
        using var database = Database.Open();
        var connection = database.Connect();
        connection.Dispose();
        connection.Interrupt();
    }

    [Fact]
    public void A_token_cancelled_after_all_is_closed_does_nothing()
    {
        using var cancel = new CancellationTokenSource();
        var database = Database.Open();
        var connection = database.Connect();
        var result = connection.Query("SELECT i FROM range(100000) t(i)", cancel.Token);
        connection.Dispose();
        database.Dispose();
        cancel.Cancel();
        result.Dispose();
    }

    [Fact]
    public void A_database_file_is_free_once_all_is_closed()
    {
        var folder = Directory.CreateTempSubdirectory("engine-file-").FullName;
        var path = Path.Combine(folder, "a.db");
        try
        {
            for (var i = 0; i < 3; i++)
            {
                using var database = Database.Open(new DatabaseOptions { Path = path });
                using var connection = database.Connect();
                connection.Execute($"CREATE TABLE t{i}(a INTEGER)");
            }
            File.Move(path, path + ".moved");
            Assert.False(File.Exists(path + ".wal"));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void Native_memory_is_given_back()
    {
        using var database = Database.Open(new DatabaseOptions { Threads = 1 });
        using var connection = database.Connect();
        Work(20);
        var before = Environment.WorkingSet;
        Work(400);
        // Each round holds some megabytes while it lasts; kept, they would be gigabytes.
        Assert.InRange(Environment.WorkingSet - before, long.MinValue, 500L << 20);

        void Work(int rounds)
        {
            for (var i = 0; i < rounds; i++)
            {
                using var result = connection.Query("SELECT repeat('x', 2000) || i FROM range(4000) t(i)");
                Assert.True(result.MoveNextChunk());
                using var statement = connection.Prepare("SELECT $1");
                statement.Bind(1, new string('y', 1_000_000));
                using var bound = statement.Query();
                Assert.Equal(1_000_000, bound.Scalar<string>()!.Length);
            }
        }
    }

    [Fact]
    public void A_functions_object_is_let_go_with_its_database()
    {
        var kept = Register();
        for (var i = 0; i < 10 && kept.IsAlive; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }
        Assert.False(kept.IsAlive);

        [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.NoInlining)]
        static WeakReference Register()
        {
            using var database = Database.Open();
            using var connection = database.Connect();
            var function = new ScalarFunction("f", [], LogicalType.Integer, (_, output) => output.Span<int>()[0] = 1);
            connection.Register(function);
            connection.Execute("SELECT f()");
            return new WeakReference(function);
        }
    }
}
