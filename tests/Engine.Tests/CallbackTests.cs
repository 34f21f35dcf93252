namespace ServerlessHub.Engine.Tests;

/// <summary>Whatever a function written in C# does wrong, the query fails and the process lives.</summary>
public sealed class CallbackTests : EngineTest
{
    [Fact]
    public void An_exception_that_cannot_even_say_what_it_is_becomes_an_error()
    {
        Connection.Register(new ScalarFunction("mute", [LogicalType.Integer], LogicalType.Integer, (_, _) => throw new MuteException()));
        var error = Assert.Throws<EngineException>(() => Connection.Execute("SELECT mute(1)"));
        Assert.IsType<MuteException>(error.InnerException);
        Assert.Contains(nameof(MuteException), error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(100_000)]
    public void A_scan_that_gives_an_impossible_number_of_rows_is_an_error(int rows)
    {
        Connection.RegisterTable(new TableFunction("wrong", [new("n", LogicalType.BigInt)], _ => new Scan(rows)));
        var error = Assert.Throws<EngineException>(() => Connection.Execute("FROM wrong()"));
        Assert.IsType<InvalidOperationException>(error.InnerException);
    }

    [Fact]
    public void A_scan_that_fails_while_it_begins_is_disposed()
    {
        var scan = new Scan(0) { FailsToBegin = true };
        Connection.RegisterTable(new TableFunction("failing", [new("n", LogicalType.BigInt)], _ => scan));
        Assert.Throws<EngineException>(() => Connection.Execute("FROM failing()"));
        Assert.True(scan.IsDisposed);
    }

    [Fact]
    public void Arguments_that_are_kept_after_the_call_cannot_be_read()
    {
        DataChunk? kept = null;
        Connection.Register(
            new ScalarFunction(
                "keep",
                [LogicalType.Integer],
                LogicalType.Integer,
                (input, output) =>
                {
                    kept = input;
                    input.Column(0).Span<int>().CopyTo(output.Span<int>());
                }
            )
            {
                IsVolatile = true,
            }
        );
        Connection.Execute("SELECT keep(i::INTEGER) FROM range(3) t(i)");
        Assert.Throws<ObjectDisposedException>(() => kept!.GetRow(0));
    }

    private sealed class MuteException : Exception
    {
        public override string Message => throw new NotSupportedException();
    }

    private sealed class Scan(int rows) : TableScan
    {
        public bool FailsToBegin { get; init; }

        public bool IsDisposed { get; private set; }

        public override int MaxThreads => FailsToBegin ? throw new InvalidOperationException("no threads") : 1;

        public override TableScanPart Begin() => new Part(rows);

        public override void Dispose()
        {
            IsDisposed = true;
            base.Dispose();
        }
    }

    private sealed class Part(int rows) : TableScanPart
    {
        public override int Fill(ChunkWriter chunk) => rows;
    }
}
