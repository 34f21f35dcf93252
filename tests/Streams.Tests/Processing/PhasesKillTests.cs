using ServerlessHub.Tests.Shared;

namespace ServerlessHub.Streams.Tests.Processing;

/// <summary>Processes that work on the same partitions are killed at random moments: each table is as if each event had come once.</summary>
public sealed class PhasesKillTests
{
    private const int KillsOfStream = 12;

    [Fact]
    public void Whoever_is_killed_whenever_each_table_is_as_if_each_event_had_come_once()
    {
        var random = new Random(Campaign.Seed);
        var all = Campaign.Kills(inSuite: 12);
        for (var kills = 0; kills < all; kills += KillsOfStream)
            Check(random, Math.Min(KillsOfStream, all - kills));
    }

    private static void Check(Random random, int kills)
    {
        const int events = 1500;
        using var stream = new TestStream(MadeEvents.Document, MadeEvents.Schema);
        for (var kill = 0; kill < kills; kill += 2)
        {
            using var first = PhasesProcess.Start(stream.Folder, events, random.Next());
            using var second = PhasesProcess.Start(stream.Folder, events, random.Next());
            Kill(first, random);
            Kill(second, random);
        }
        using (var last = PhasesProcess.Start(stream.Folder, events, random.Next()))
        {
            while (last.StandardOutput.ReadLine() is not null) { }
            Assert.Equal("", last.StandardError.ReadToEnd());
            last.WaitForExit();
            Assert.Equal(0, last.ExitCode);
        }
        new ExpectedTables(events).AssertIn(stream);
    }

    /// <summary>Waits for some batches and a little work, which no clock measures, and kills the process without warning.</summary>
    private static void Kill(System.Diagnostics.Process victim, Random random)
    {
        for (var lines = random.Next(6); lines > 0 && victim.StandardOutput.ReadLine() is not null; lines--) { }
        Thread.SpinWait(random.Next(20_000_000));
        victim.Kill();
        victim.WaitForExit();
        Assert.Equal("", victim.StandardError.ReadToEnd());
    }
}
