using ServerlessHub.Orchestrations.Durable;
using ServerlessHub.Orchestrations.Embedded;

namespace ServerlessHub.Benchmarks.Durable;

/// <summary>What the runtime is measured by: activities that do nothing, called by orchestrations of three kinds.</summary>
internal static class Work
{
    private static readonly EmbeddedOptions Options = new() { ActivityConcurrency = 256, LiveInstances = 1000 };

    private static DurableTasks Tasks { get; } =
        new DurableTasks()
            .AddActivity<int, int>("nothing", (_, n) => Baseline.Nothing(n))
            .AddOrchestrator<int, int>(
                "chain",
                async (context, count) =>
                {
                    for (var i = 0; i < count; i++)
                        await context.CallActivity<int>("nothing", i);
                    return count;
                }
            )
            .AddOrchestrator<int, int>(
                "fan",
                async (context, count) =>
                    (await Task.WhenAll(Enumerable.Range(0, count).Select(i => context.CallActivity<int>("nothing", i)))).Length
            )
            .AddOrchestrator<int, int>("wait", async (context, n) => n + await context.ExternalEvent<int>("go"));

    /// <summary>Runs so many instances that each call so many activities, and waits until all have ended.</summary>
    public static async Task Run(string folder, string orchestrator, int instances, int activities)
    {
        await using var runtime = new EmbeddedRuntime(Tasks, folder, Options);
        runtime.Start();
        await Measured.Print(async () =>
        {
            await Task.WhenAll(Enumerable.Range(0, instances).Select(n => runtime.Start(orchestrator, $"{orchestrator}-{n}", activities)));
            await Task.WhenAll(Enumerable.Range(0, instances).Select(n => runtime.WaitForEnd($"{orchestrator}-{n}")));
        });
    }

    /// <summary>Makes instances that wait for an event.</summary>
    public static async Task MakeWaiting(string folder, int instances)
    {
        await using var runtime = new EmbeddedRuntime(Tasks, folder, Options);
        runtime.Start();
        await Task.WhenAll(Enumerable.Range(0, instances).Select(n => runtime.Start("wait", $"instance-{n:D6}", n)));
    }

    /// <summary>Opens a store with instances that wait, and tells what memory each takes.</summary>
    public static async Task Restart(string folder)
    {
        await using var runtime = new EmbeddedRuntime(Tasks, folder, Options);
        var before = GC.GetTotalMemory(forceFullCollection: true);
        await Measured.Print(
            () =>
            {
                runtime.Start();
                return Task.CompletedTask;
            },
            () => ("held", GC.GetTotalMemory(forceFullCollection: true) - before)
        );
    }
}
