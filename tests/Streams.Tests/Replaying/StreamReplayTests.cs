using ServerlessHub.Streams.Processing;
using ServerlessHub.Streams.Replaying;

namespace ServerlessHub.Streams.Tests.Replaying;

public sealed class StreamReplayTests : IDisposable
{
    private const int Events = CorrectedStream.Events;

    private readonly CorrectedStream _stream = new();

    public void Dispose() => _stream.Dispose();

    private StreamReplay Replay =>
        new(_stream.Corrected.Root, _stream.Corrected.Definition, new() { MemoryLimitBytes = 512 << 20, Threads = 2 });

    [Fact]
    public void What_was_replayed_stands_beside_the_tables_and_takes_their_place_with_all_that_came_meanwhile()
    {
        _stream.Take(0, Events);
        var before = _stream.Versions();

        Assert.True(Replay.Run(ReplayStart.OfAll).IsOfAll);

        Assert.Equal(before, _stream.Versions());
        Assert.Equal(
            ["o", "o_items", "carried", "computed", "lines"],
            Replay.Tables().Where(t => t.Shadow.Table == $"{t.Table.Table}__replay").Select(t => t.Table.Table)
        );
        Assert.Equal(9, _stream.Count("o__replay") - _stream.Count("o"));
        _stream.Take(Events, Events + 10);
        Replay.Swap();
        _stream.AssertAsIfFromTheBeginning(Events + 10);
        Assert.Null(Replay.Find());
        Assert.Empty(Directory.GetFiles(_stream.Folder(""), "*__replay*", SearchOption.AllDirectories));
        Assert.Null(_stream.Strict.Table("o__replay"));
        _stream.TakeCorrected(Events + 10, Events + 30);
        _stream.AssertAsIfFromTheBeginning(Events + 30);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(4)]
    [InlineData(5)]
    public void A_swap_that_dies_after_any_of_its_commits_is_done_again(int commits)
    {
        string[] order = ["o_items", "o", "raw_dead_letters", "carried", "computed", "lines"];
        string[] replayed = [.. order.Select(t => $"{t}__replay")];
        var document = Path.Combine(_stream.Strict.Folder, "data/ops/streams/shop/staging/orders/replay.json");
        _stream.Take(0, Events);
        Replay.Run(ReplayStart.OfAll);
        string[] kept = [.. order[commits..].Concat(replayed).Select(_stream.Folder)];
        foreach (var folder in kept)
            CorrectedStream.Copy(folder, $"{folder}.kept");
        File.Copy(document, $"{document}.kept");
        Replay.Swap();
        foreach (var folder in kept)
        {
            Directory.Delete(folder, recursive: true);
            Directory.Move($"{folder}.kept", folder);
        }
        File.Move($"{document}.kept", document);

        // Nobody knows yet that it died, and the stream goes on.
        _stream.TakeCorrected(Events, Events + 10);
        Replay.Swap();

        _stream.AssertAsIfFromTheBeginning(Events + 10);
    }

    [Fact]
    public void A_part_is_compared_with_the_same_part_and_takes_no_place()
    {
        _stream.Take(0, Events);

        var replay = Replay.Run(new(new Dictionary<Streams.Events.SourcePartition, long> { [new("orders", 0)] = 40 }));

        Assert.False(replay.IsOfAll);
        var root = Replay.Tables()[0];
        Assert.Equal(40, _stream.Strict.Rows("o__replay", "_offset").Min(int.Parse));
        Assert.Equal("(_topic = 'orders' AND _partition = 0 AND _offset >= 40)", root.Where);
        Assert.DoesNotContain(Replay.Tables(), t => t.Table.Table == "carried");
        Assert.Contains("only a part", Assert.Throws<StreamException>(() => Replay.Swap()).Message, StringComparison.Ordinal);
        Assert.Contains(
            "another replay",
            Assert.Throws<StreamException>(() => Replay.Run(ReplayStart.OfAll)).Message,
            StringComparison.Ordinal
        );
        Replay.Drop();
        Assert.Null(_stream.Strict.Table("o__replay"));
        Assert.Equal(45, Replay.Run(new(Time: DateTimeOffset.FromUnixTimeSeconds(1_800_000_045))).First!["orders/0"]);
    }

    [Fact]
    public void What_cannot_be_replayed_is_refused_with_the_reason()
    {
        Assert.Contains(
            "has read nothing",
            Assert.Throws<StreamException>(() => Replay.Run(ReplayStart.OfAll)).Message,
            StringComparison.Ordinal
        );
        Assert.Contains("has no replay", Assert.Throws<StreamException>(() => Replay.Swap()).Message, StringComparison.Ordinal);
        _stream.Take(0, 10);
        var unknown = new Dictionary<Streams.Events.SourcePartition, long> { [new("orders", 7)] = 0 };
        var refused = Assert.Throws<StreamException>(() => Replay.Run(new(unknown)));
        Assert.Equal("it has orders/0", refused.Hint);
        Replay.Drop();
    }
}
