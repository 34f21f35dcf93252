namespace ServerlessHub.Engine.Tests;

/// <summary>What is allocated while rows are read. It is counted for the whole process, so no other test runs at the same time.</summary>
[Collection(nameof(Alone))]
public sealed class ReaderAllocationTests : EngineTest
{
    [Fact]
    public void Nothing_is_allocated_for_a_row()
    {
        const int rows = 1_000_000;
        using var reader = new GeneratedReader(rows);
        var name = Connection.RegisterReader(reader);
        var before = GC.GetTotalAllocatedBytes(precise: true);
        var row = Rows($"SELECT count(*), sum(id)::BIGINT, sum(number), max(text), max(moment), sum(amount)::DOUBLE FROM {name}()")
            .Single();
        var perRow = (GC.GetTotalAllocatedBytes(precise: true) - before) / (double)rows;
        Assert.Equal((long)rows, row[0]);
        Assert.Equal((rows - 1L) * rows / 2, row[1]);
        // A box for each value would be a hundred bytes a row.
        Assert.InRange(perRow, 0, 40);
    }
}

/// <summary>Tests that run one by one, when all others have ended.</summary>
[CollectionDefinition(nameof(Alone), DisableParallelization = true)]
public sealed class Alone;
