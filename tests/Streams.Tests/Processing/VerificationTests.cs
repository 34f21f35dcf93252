using ServerlessHub.Streams.Events;
using ServerlessHub.Streams.Verification;

namespace ServerlessHub.Streams.Tests.Processing;

public sealed class VerificationTests : IDisposable
{
    private readonly TestStream _stream = new(MadeEvents.Document, MadeEvents.Schema);

    public void Dispose() => _stream.Dispose();

    [Fact]
    public void What_is_right_is_proven_phase_by_phase()
    {
        Take(0, 300);
        Take(0, 700);
        var checks = Verify();
        Assert.All(checks, check => Assert.True(check.IsProven, $"{check}"));
        Assert.Equal(["ingest", "flatten", "summarise"], checks.Select(c => c.Phase).Distinct());
        Assert.Equal(3, checks.Count(c => c.What == "no offset is missing"));
        Assert.Equal(3, checks.Count(c => c.Phase == "summarise"));
    }

    [Fact]
    public void Nothing_is_proven_of_a_stream_that_has_read_nothing() => Assert.Empty(Verify());

    [Theory]
    [InlineData("raw", "DELETE", "no offset is missing", "1 gaps, 0 of them of what the source had deleted unread: 100 to 100")]
    [InlineData("raw", "INSERT", "each offset is there once", null)]
    [InlineData("o", "DELETE", "events in = rows + dead letters + events that came before", null)]
    [InlineData("o", "INSERT", "no event is there twice", null)]
    [InlineData("o_items", "INSERT", "each row is there once", null)]
    [InlineData("carried", "DELETE", "rows in = rows summarised + late rows", null)]
    public void What_is_lost_or_doubled_is_found(string table, string change, string what, string? detail)
    {
        Take(0, 400);
        _stream.Damage(table, change, table == "raw" ? "partition = 1 AND \"offset\" = 100" : "true");
        var failed = Verify().Where(c => !c.IsProven).ToArray();
        var check = Assert.Single(failed, c => c.What == what);
        Assert.Equal($"shop.staging.{table}", check.Table);
        if (detail is not null)
            Assert.Equal(detail, check.Detail);
    }

    private void Take(long from, long to)
    {
        using var processor = _stream.Open();
        var batch = new EventBatch();
        for (var partition = 0; partition < MadeEvents.Partitions; partition++)
            MadeEvents.Fill(batch, partition, from, to);
        processor.ProcessBatch(batch);
    }

    private IReadOnlyList<StreamCheck> Verify() =>
        StreamVerification.Run(_stream.Root, _stream.Definition, new() { MemoryLimitBytes = 512 << 20, Threads = 2 });
}
