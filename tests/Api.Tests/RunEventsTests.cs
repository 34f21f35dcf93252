using ServerlessHub.Api.Runs;

namespace ServerlessHub.Api.Tests;

/// <summary>The events of a run while nothing happens to it.</summary>
public sealed class RunEventsTests
{
    [Fact]
    public async Task While_nothing_changes_there_is_a_sign_of_life_every_fifteen_seconds()
    {
        await using var hub = await ApiHub.Start();
        hub.Job("waits", "<approval id=\"go\"/>");
        var runId = (string)(await hub.Post("/api/jobs/shop/waits/runs")).Body["runId"]!;
        await foreach (var (_, data) in hub.Events(runId))
            if ((string?)data["node"]?["status"] == "waitingForApproval")
                break;
        var clock = new HurryingClock();
        var began = TimeSpan.Zero;
        var signs = new List<double>();

        await foreach (var item in new RunEvents(hub.Hub.History, clock).Of(runId, CancellationToken.None))
        {
            if (item is not null)
                began = clock.Elapsed;
            else
                signs.Add((clock.Elapsed - began).TotalSeconds);
            if (signs.Count == 3)
                break;
        }

        Assert.Equal([15, 30, 45], signs);
        await hub.Post($"/api/runs/{runId}/cancel");
        await hub.End(runId);
    }

    /// <summary>A clock on which whoever waits has waited.</summary>
    private sealed class HurryingClock : TimeProvider
    {
        public TimeSpan Elapsed { get; private set; }

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => Elapsed.Ticks;

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            Elapsed += dueTime;
            ThreadPool.QueueUserWorkItem(_ => callback(state));
            return new Timer(_ => { });
        }
    }
}
