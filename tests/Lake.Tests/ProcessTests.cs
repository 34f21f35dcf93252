using System.Diagnostics;
using ServerlessHub.Tests.Shared;

namespace ServerlessHub.Lake.Tests;

public sealed class ProcessTests : IDisposable
{
    private readonly TestLake _lake = new();

    public void Dispose() => _lake.Dispose();

    [Fact]
    public void Of_processes_that_write_to_one_table_at_once_no_commit_is_lost_or_doubled()
    {
        const int processes = 8;
        var writes = Campaign.Commits(inSuite: 10);
        var writers = Enumerable
            .Range(0, processes)
            .Select(index => WriterProcess.Start(_lake.Root, $"p{index}", writes, index == 0 ? WriteMode.Merge : WriteMode.Append))
            .ToList();
        foreach (var writer in writers)
            AssertEnds(writer);

        var rows = processes * writes * WriterProcess.RowsPerWrite;
        Assert.Equal((processes * writes) - 1, _lake.Table().TryRead()!.Version);
        Assert.Equal(
            [$"{{'rows': {rows}, 'ids': {rows}}}"],
            _lake.Query($"SELECT count(*) AS rows, count(DISTINCT id) AS ids FROM ({_lake.Table().TryRead()!.Scan(_lake.Connection).Sql})")
        );
    }

    [Theory]
    [InlineData(WriteMode.Append)]
    [InlineData(WriteMode.Merge)]
    public void A_process_that_is_killed_leaves_what_it_committed_and_the_repeated_work_finishes(WriteMode mode)
    {
        const int Writes = 24;
        var random = new Random(7);
        for (var kill = 0; kill < 6; kill++)
        {
            using var victim = WriterProcess.Start(_lake.Root, "w", Writes, mode);
            var said = KillAfter(victim, lines: kill, random);
            AssertWhole(atLeast: said);
        }
        AssertEnds(WriterProcess.Start(_lake.Root, "w", Writes, mode));

        Assert.Equal(Writes, AssertWhole(atLeast: Writes));
    }

    /// <summary>Every write is there with all of its rows, or not at all, and what the process said was done is there.</summary>
    private int AssertWhole(int atLeast)
    {
        if (_lake.Table().TryRead() is not { } snapshot)
        {
            Assert.Equal(0, atLeast);
            return 0;
        }
        var writes = _lake.Query(
            $"SELECT split_part(id, '-', 2) AS write, count(*) AS rows FROM ({snapshot.Scan(_lake.Connection).Sql}) GROUP BY ALL"
        );
        Assert.All(writes, write => Assert.EndsWith($"'rows': {WriterProcess.RowsPerWrite}}}", write, StringComparison.Ordinal));
        Assert.True(writes.Length >= atLeast, $"{atLeast} writes were reported as done, and {writes.Length} are in the table");
        Assert.Equal(snapshot.Version + 1, writes.Length);
        return writes.Length;
    }

    /// <summary>Waits for some lines and a little work, which no clock measures, and kills the process without warning.</summary>
    private static int KillAfter(Process victim, int lines, Random random)
    {
        var read = 0;
        string? last = null;
        while (read < lines && victim.StandardOutput.ReadLine() is { } line)
        {
            last = line;
            read++;
        }
        Thread.SpinWait(random.Next(5_000_000));
        victim.Kill();
        victim.WaitForExit();
        while (victim.StandardOutput.ReadLine() is { } line)
            last = line;
        return last is null ? 0 : int.Parse(last.Split(' ')[1]) + 1;
    }

    internal static void AssertEnds(Process writer)
    {
        using (writer)
        {
            var errors = writer.StandardError.ReadToEndAsync();
            _ = writer.StandardOutput.ReadToEnd();
            writer.WaitForExit();
            Assert.True(writer.ExitCode == 0, errors.Result);
        }
    }
}
