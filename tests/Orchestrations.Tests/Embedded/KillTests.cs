using System.Diagnostics;
using ServerlessHub.Orchestrations.Durable;
using ServerlessHub.Orchestrations.Embedded;
using ServerlessHub.Tests.Shared;

namespace ServerlessHub.Orchestrations.Tests.Embedded;

public sealed class KillTests
{
    private const int KillsOfStore = 12;

    [Fact]
    public async Task Killed_at_any_moment_no_instance_is_lost_or_stuck_and_each_comes_to_what_it_should()
    {
        var random = new Random(Campaign.Seed);
        var all = Campaign.Kills(inSuite: 12);
        for (var kills = 0; kills < all; kills += KillsOfStore)
            await Check(random, Math.Min(KillsOfStore, all - kills));
    }

    private static async Task Check(Random random, int kills)
    {
        using var store = new TestStore();
        var (started, raised) = (new HashSet<int>(), new HashSet<int>());
        for (var kill = 0; kill < kills; kill++)
        {
            using var victim = WorkProcess.Start(store.Folder);
            foreach (var line in Kill(victim, random))
                (line.StartsWith("started", StringComparison.Ordinal) ? started : raised).Add(int.Parse(line.Split(' ')[1]));
        }
        var runtime = store.Open(WorkProcess.Tasks, WorkProcess.Options);
        foreach (var number in raised)
            await AssertComesTo(runtime, number);
        foreach (var number in started.Except(raised))
        {
            // The event may have come although nobody was told; one too many is not looked at.
            await runtime.RaiseEvent(WorkProcess.Id(number), "go", number);
            await AssertComesTo(runtime, number);
        }
        await foreach (var state in runtime.List(new(Prefix: "work-")))
            Assert.True(state.Status != InstanceStatus.Failed, $"{state.InstanceId}: {state.Failure}");
    }

    private static async Task AssertComesTo(EmbeddedRuntime runtime, int number)
    {
        var state = await runtime.WaitForEnd(WorkProcess.Id(number));
        Assert.True(state.Status == InstanceStatus.Completed, $"{state.InstanceId}: {state.Status}, {state.Failure}");
        Assert.Equal(WorkProcess.Result(number), state.Output!.Value.GetInt32());
    }

    /// <summary>Waits for some lines and a little work, which no clock measures, and kills the process without warning.</summary>
    /// <returns>What it said.</returns>
    private static List<string> Kill(Process victim, Random random)
    {
        var said = new List<string>();
        for (var lines = random.Next(40); lines > 0 && victim.StandardOutput.ReadLine() is { } line; lines--)
            said.Add(line);
        Thread.SpinWait(random.Next(5_000_000));
        victim.Kill();
        victim.WaitForExit();
        while (victim.StandardOutput.ReadLine() is { } line)
            said.Add(line);
        Assert.Equal("", victim.StandardError.ReadToEnd());
        return said;
    }
}
