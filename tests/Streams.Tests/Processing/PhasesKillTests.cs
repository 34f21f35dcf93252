using System.Globalization;
using System.Text;
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
        Compare(stream, new ExpectedTables(events));
    }

    private static void Compare(TestStream stream, ExpectedTables expected)
    {
        Equal(expected.Raw, stream.Rows("raw", "partition || '-' || \"offset\""));
        Equal(expected.Dead, stream.Rows("raw_dead_letters", "partition || '-' || \"offset\""));
        Equal(expected.Root, stream.Rows("o", "_partition || '-' || _offset || ' ' || id"));
        Equal(expected.Lines.Select(l => $"{l.Key} {l.Value}"), stream.Rows("lines", "sku || ' ' || sold"));
        Equal(
            expected.Carried.Select(c => $"{c.Key.Country} {c.Key.Window} {c.Value.N} {c.Value.Total} {c.Value.Newest}"),
            stream.Rows("carried", "concat_ws(' ', country, epoch_us(window_start), n, total, newest)")
        );
        Equal(
            expected.Computed.Select(c => $"{c.Key} {c.Value.Countries.Count} {c.Value.N}"),
            stream.Rows("computed", "concat_ws(' ', epoch_us(window_start), countries, n)")
        );
        Assert.NotEmpty(expected.Late);
        Equal(expected.Late, stream.Rows("carried_late", "_partition || '-' || _offset"));
        Equal(expected.Late, stream.Rows("computed_late", "_partition || '-' || _offset"));
    }

    private static void Equal(IEnumerable<string> expected, IEnumerable<string> actual) => Assert.Equal(Lines(expected), Lines(actual));

    private static string Lines(IEnumerable<string> rows) =>
        rows.Order(StringComparer.Ordinal)
            .Aggregate(new StringBuilder(), (text, row) => text.Append(CultureInfo.InvariantCulture, $"{row}\n"))
            .ToString();

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
