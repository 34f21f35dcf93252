using ServerlessHub.Streams.Events;
using ServerlessHub.Streams.Sources;
using ServerlessHub.Tests.Shared;

namespace ServerlessHub.Streams.Tests.Sources;

public sealed class BatchWindowTests : IDisposable
{
    private readonly TestStream _stream = new("""<ingest table="orders_raw" maxEvents="3" maxDelay="PT1S"><http/></ingest>""");
    private readonly SetTime _time = new();
    private readonly BatchWindow _window;

    public BatchWindowTests()
    {
        _window = new(_stream.Definition.Document.Ingest!, _time);
        _time.Advance(TimeSpan.FromHours(1));
    }

    public void Dispose() => _stream.Dispose();

    [Fact]
    public void A_batch_is_due_when_it_is_full_or_its_first_event_has_waited_long_enough()
    {
        Assert.False(_window.IsDue(Events(0)));
        _time.Advance(TimeSpan.FromHours(1));
        Assert.False(_window.IsDue(Events(1)));
        Assert.True(_window.IsDue(Events(3)));
        _time.Advance(TimeSpan.FromSeconds(0.6));
        Assert.False(_window.IsDue(Events(2)));
        Assert.Equal(TimeSpan.FromSeconds(0.4), _window.Left);
        _time.Advance(TimeSpan.FromSeconds(0.4));
        Assert.True(_window.IsDue(Events(2)));
    }

    [Fact]
    public void A_batch_that_is_read_ahead_may_grow_until_its_turn_and_its_first_event_has_waited_since_it_was_read()
    {
        using var turn = new CancellationTokenSource();
        _window.Turn = turn.Token;
        Assert.False(_window.IsDue(Events(0)));
        Assert.False(_window.IsDue(Events(1)));
        _time.Advance(TimeSpan.FromSeconds(5));
        Assert.False(_window.IsDue(Events(2)));
        Assert.True(_window.IsDue(Events(3)));
        turn.Cancel();
        Assert.True(_window.IsDue(Events(0)));
        Assert.True(_window.IsDue(Events(2)));
    }

    [Fact]
    public void What_a_batch_has_waited_while_the_one_before_it_was_written_counts()
    {
        using var turn = new CancellationTokenSource();
        _window.Turn = turn.Token;
        Assert.False(_window.IsDue(Events(1)));
        _time.Advance(TimeSpan.FromSeconds(0.7));
        turn.Cancel();
        _window.Turn = default;
        Assert.False(_window.IsDue(Events(1)));
        Assert.Equal(TimeSpan.FromSeconds(0.3), _window.Left);
    }

    private static EventBatch Events(int count) => TestStream.Batch(0, 0, [.. Enumerable.Repeat("{}", count)]);
}
