using System.Collections.Concurrent;

namespace ServerlessHub.Engine.Tests;

public sealed class TableFunctionTests : IDisposable
{
    private readonly Database _database = Database.Open(new DatabaseOptions { Threads = 4 });
    private readonly Connection _connection;
    private readonly ConcurrentBag<Numbers> _scans = [];

    public TableFunctionTests()
    {
        _connection = _database.Connect();
        _connection.RegisterTable(
            new TableFunction(
                "numbers",
                [new("n", LogicalType.BigInt), new("text", LogicalType.Varchar), new("half", LogicalType.Double)],
                asked =>
                {
                    var scan = new Numbers(100_000, asked);
                    _scans.Add(scan);
                    return scan;
                }
            )
            {
                Rows = 100_000,
            }
        );
    }

    public void Dispose()
    {
        _connection.Dispose();
        _database.Dispose();
    }

    [Fact]
    public void Several_threads_give_every_row_once()
    {
        Assert.Equal((Int128)4_999_950_000, Scalar<Int128>("SELECT sum(n) FROM numbers()"));
        Assert.Equal(100_000L, Scalar<long>("SELECT count(DISTINCT text) FROM numbers() WHERE text = 'number ' || n"));
    }

    [Fact]
    public void Only_the_columns_that_are_needed_are_asked_for()
    {
        Assert.Equal(49_999.5, Scalar<double>("SELECT max(half) FROM numbers()"));
        Assert.Equal([2], Assert.Single(_scans).Asked);
    }

    [Fact]
    public void The_rows_are_counted_with_one_column_at_most()
    {
        Assert.Equal(100_000L, Scalar<long>("SELECT count(*) FROM numbers()"));
        Assert.True(Assert.Single(_scans).Asked.Count <= 1);
    }

    [Fact]
    public void Every_use_in_a_statement_is_a_scan_of_its_own()
    {
        Assert.Equal(100_000L, Scalar<long>("SELECT count(*) FROM numbers() a JOIN numbers() b USING (n)"));
        Assert.Equal(2, _scans.Count);
    }

    [Fact]
    public void A_scan_is_disposed_also_when_its_rows_are_not_all_read()
    {
        using (var other = _database.Connect())
            other.Execute("SELECT n FROM numbers() LIMIT 1");
        Assert.All(_scans, s => Assert.True(s.IsDisposed));
        Assert.All(_scans, s => Assert.Equal(s.Begun, s.PartsDisposed));
    }

    [Fact]
    public void What_a_scan_throws_is_the_error_of_the_query()
    {
        _connection.RegisterTable(
            new TableFunction("broken", [new("n", LogicalType.BigInt)], _ => throw new InvalidDataException("no such data"))
        );
        var e = Assert.Throws<EngineException>(() => _connection.Execute("SELECT n FROM broken()"));
        Assert.IsType<InvalidDataException>(e.InnerException);
        _connection.RegisterTable(
            new TableFunction("breaks", [new("n", LogicalType.BigInt)], asked => new Numbers(10_000, asked) { FailsAt = 5_000 })
        );
        e = Assert.Throws<EngineException>(() => _connection.Execute("SELECT sum(n) FROM breaks()"));
        Assert.IsType<InvalidDataException>(e.InnerException);
        Assert.Contains("at 5000", e.Message, StringComparison.Ordinal);
    }

    private T? Scalar<T>(string sql)
    {
        using var result = _connection.Query(sql);
        return result.Scalar<T>();
    }

    private sealed class Numbers(int count, IReadOnlyList<int> asked) : TableScan
    {
        private int _next;
        private int _begun;
        private int _partsDisposed;

        public IReadOnlyList<int> Asked => asked;

        public int? FailsAt { get; init; }

        public int Begun => _begun;

        public int PartsDisposed => _partsDisposed;

        public bool IsDisposed { get; private set; }

        public override int MaxThreads => 4;

        public override TableScanPart Begin()
        {
            Interlocked.Increment(ref _begun);
            return new Part(this);
        }

        public override void Dispose()
        {
            IsDisposed = true;
            base.Dispose();
        }

        private sealed class Part(Numbers scan) : TableScanPart
        {
            public override int Fill(ChunkWriter chunk)
            {
                var first = Interlocked.Add(ref scan._next, 1000) - 1000;
                var rows = Math.Clamp(scan.Count - first, 0, 1000);
                for (var column = 0; column < scan.Asked.Count; column++)
                {
                    var output = chunk.Column(column);
                    for (var row = 0; row < rows; row++)
                        Write(output, scan.Asked[column], row, first + row);
                }
                return rows;
            }

            public override void Dispose()
            {
                Interlocked.Increment(ref scan._partsDisposed);
                base.Dispose();
            }

            private void Write(VectorWriter output, int column, int row, int n)
            {
                if (n == scan.FailsAt)
                    throw new InvalidDataException($"damaged at {n}");
                if (column == 0)
                    output.Span<long>()[row] = n;
                else if (column == 1)
                    output.SetText(row, $"number {n}");
                else
                    output.Span<double>()[row] = n / 2.0;
            }
        }

        private int Count => count;
    }
}
