using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using ServerlessHub.Lake;
using ServerlessHub.Pipelines.Connectors;
using ServerlessHub.Streams.Events;
using ServerlessHub.Streams.Processing;
using ServerlessHub.Streams.Running;
using ServerlessHub.Streams.Sources;
using ServerlessHub.Tests.Shared;

namespace ServerlessHub.Streams.Tests.Processing;

public sealed class StorageFaultTests
{
    /// <summary>Of so many calls of the storage one fails.</summary>
    private const int Calls = 120;

    private readonly Random _random = new(Campaign.Seed);
    private int _faults;
    private FaultyStorage _storage = null!;

    [Fact]
    public void However_the_storage_fails_or_lies_each_table_is_as_if_each_event_had_come_once()
    {
        const int events = 300;
        using var stream = new TestStream(MadeEvents.Document, MadeEvents.Schema, storage => _storage = new(storage));
        Act(isFaulty: true);
        while (!Take(stream, events)) { }
        Act(isFaulty: false);
        _storage.Arrive();
        using (var processor = stream.Open())
            processor.CatchUp();
        Assert.InRange(_faults, 10, int.MaxValue);
        new ExpectedTables(events).AssertIn(stream);
    }

    [Fact]
    public async Task While_the_storage_hangs_no_more_is_taken_than_can_be_held()
    {
        using var stream = new TestStream(
            """<ingest table="raw" maxDelay="PT0.05S"><http/></ingest>""",
            storage: storage => _storage = new(storage)
        );
        using var hangs = new ManualResetEventSlim();
        using var isHanging = new ManualResetEventSlim();
        _storage.BeforeWrite = _ =>
        {
            isHanging.Set();
            hangs.Wait();
        };
        var inbox = new EventInbox();
        using var stop = new CancellationTokenSource();
        var running = Task.Run(() =>
        {
            using var run = new StreamRun(
                stream.Root,
                stream.Definition,
                new() { MemoryLimitBytes = 512 << 20, Threads = 1 },
                TimeProvider.System,
                NullLogger.Instance,
                inbox,
                stop.Token
            );
            while (true)
                run.Step(stop.Token);
        });

        var first = inbox.Post(Events(40), default);
        isHanging.Wait();
        var second = inbox.Post(Events(20), default);
        var failure = await Assert.ThrowsAsync<RunException>(() => inbox.Post(Events(10), default));
        Assert.Equal("the stream has more events waiting than it can hold", failure.Message);
        Assert.True(failure.IsTransient);
        Assert.False(first.IsCompleted || second.IsCompleted);

        hangs.Set();
        Assert.Equal((0, 1), ((await first).First, (await second).First));
        Assert.Equal(2, (await inbox.Post(Events(10), default)).First);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
    }

    private static IncomingEvent[] Events(int megabytes) =>
        [new(Encoding.UTF8.GetBytes($$"""{"text":"{{new string('x', megabytes << 20)}}"}"""), default)];

    /// <summary>As a process that begins anew after each failure.</summary>
    /// <returns>Whether all events are taken.</returns>
    private bool Take(TestStream stream, int count)
    {
        try
        {
            using var processor = stream.Open();
            var batch = new EventBatch();
            while (true)
            {
                var reached = processor.Offsets();
                batch.Clear();
                for (var partition = 0; partition < MadeEvents.Partitions; partition++)
                {
                    var next = reached.GetValueOrDefault(new("orders", partition), -1) + 1;
                    if (next < count)
                        MadeEvents.Fill(batch, partition, next, Math.Min(count, next + _random.Next(1, 60)));
                }
                if (batch.Count == 0)
                    break;
                processor.ProcessBatch(batch);
            }
            processor.CatchUp();
            return true;
        }
        catch (Exception e) when (e is LakeException or IOException or RunException)
        {
            // What was on its way arrives at last, or later still.
            if (_random.Next(2) == 0)
                _storage.Arrive();
            _storage.IsLate = false;
            return false;
        }
    }

    private void Act(bool isFaulty)
    {
        void MayFail()
        {
            if (isFaulty && _random.Next(Calls) == 0)
            {
                _faults++;
                throw new IOException("The storage does not answer.");
            }
        }
        _storage.BeforeWrite = _ =>
        {
            MayFail();
            _storage.SaysPresent = isFaulty && _random.Next(20) == 0;
            _storage.IsLate = isFaulty && _random.Next(20) == 0;
        };
        _storage.AfterWrite = _ => MayFail();
        _storage.BeforeRead = _ => MayFail();
        _storage.BeforeReplace = _ => MayFail();
        _storage.BeforeList = _ => MayFail();
        _storage.BeforeFetch = MayFail;
        _storage.BeforePersist = MayFail;
        _storage.AfterPersist = MayFail;
    }
}
