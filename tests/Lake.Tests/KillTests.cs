using System.Diagnostics;
using ServerlessHub.Tests.Shared;

namespace ServerlessHub.Lake.Tests;

public sealed class KillTests
{
    private const int KillsOfTable = 12;
    private const int Endless = 400;

    [Fact]
    public void Killed_at_any_moment_of_any_work_a_table_has_the_rows_that_were_committed_and_the_work_goes_on()
    {
        var random = new Random(Campaign.Seed);
        var all = Campaign.Kills(inSuite: 12);
        for (var kills = 0; kills < all; kills += KillsOfTable)
            Check(random, Math.Min(KillsOfTable, all - kills), kills / KillsOfTable % 2 == 0 ? "v2" : "classic");
    }

    private static void Check(Random random, int kills, string policy)
    {
        using var lake = new TestLake();
        var model = new WorkModel();
        for (var kill = 0; kill < kills; kill++)
        {
            using var victim = WorkProcess.Start(lake.Root, Endless, policy);
            var said = Kill(victim, random);
            AssertWhole(lake, model, said);
        }
        var steps = WorkModel.StepsDone(lake.Table()) + 4;
        ProcessTests.AssertEnds(WorkProcess.Start(lake.Root, steps, policy));
        Assert.Equal(steps, AssertWhole(lake, model, steps));
    }

    /// <summary>The table opens, holds what its own log says was done, and that is what the process said, or one step more.</summary>
    private static int AssertWhole(TestLake lake, WorkModel model, int said)
    {
        if (lake.Table().TryRead() is not { } snapshot)
        {
            Assert.Equal(0, said);
            return 0;
        }
        var done = WorkModel.StepsDone(lake.Table());
        if (said > 0)
            Assert.InRange(done, said, said + 1);
        using var scan = snapshot.Scan(lake.Connection);
        using var sums = lake.Connection.Query(WorkModel.SumsSql(scan.Sql));
        Assert.Equal(model.Sums(done), sums.Scalar<string>());
        LogChecker.CheckAll(lake.Root, lake.Connection);
        return done;
    }

    /// <summary>Waits for some lines and a little work, which no clock measures, and kills the process without warning.</summary>
    /// <returns>The last step that it said was done; 0 if it said nothing.</returns>
    private static int Kill(Process victim, Random random)
    {
        var done = 0;
        for (var lines = random.Next(8); lines > 0 && victim.StandardOutput.ReadLine() is { } line; lines--)
            done = Step(line, done);
        Thread.SpinWait(random.Next(5_000_000));
        victim.Kill();
        victim.WaitForExit();
        while (victim.StandardOutput.ReadLine() is { } line)
            done = Step(line, done);
        Assert.Equal("", victim.StandardError.ReadToEnd());
        return done;
    }

    private static int Step(string line, int before) => line.Split(' ') is ["done", var step] ? int.Parse(step) : before;
}
