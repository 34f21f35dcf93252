using System.Diagnostics;
using ServerlessHub.Orchestrations.Durable;
using ServerlessHub.Orchestrations.Embedded;

namespace ServerlessHub.Orchestrations.Tests.Embedded;

/// <summary>
/// This program, started by a test as a process that runs orchestrations of all kinds in a store, and goes on with those that it finds there.
/// </summary>
internal static class WorkProcess
{
    public const string Name = "durable";

    /// <summary>Small, so that segments come and go.</summary>
    public static EmbeddedOptions Options { get; } = new() { SegmentSize = 16 << 10, LiveInstances = 20 };

    public static DurableTasks Tasks { get; } =
        new DurableTasks()
            .AddActivity<int, int>(
                "same",
                async (_, n) =>
                {
                    await Task.Yield();
                    return n;
                }
            )
            .AddActivity<int, int>("fail", (_, n) => throw new IOException($"{n}"))
            .AddOrchestrator<int, int>(
                "child",
                async (context, n) =>
                {
                    await context.Timer(context.Now + TimeSpan.FromMilliseconds(n % 5), default);
                    return await context.CallActivity<int>("same", n);
                }
            )
            .AddOrchestrator<Work, int>("work", Work);

    /// <summary>What an instance of <c>work</c> comes to.</summary>
    public static int Result(int number) => 3 * Once(number);

    private static int Once(int number) => (number * 6) + 1;

    public static Process Start(string folder) =>
        Process.Start(
            new ProcessStartInfo("dotnet", [typeof(WorkProcess).Assembly.Location, Name, folder])
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            }
        )!;

    public static string Id(int number) => $"work-{number:D6}";

    /// <summary>Says <c>started N</c> and <c>raised N</c> when an instance is started and has its event.</summary>
    public static async Task<int> Run(string folder)
    {
        await using var runtime = new EmbeddedRuntime(Tasks, folder, Options);
        runtime.Start();
        var first = 0;
        await foreach (var state in runtime.List(new(Prefix: "work-")))
            first = Math.Max(first, int.Parse(state.InstanceId.AsSpan("work-".Length, 6)) + 1);
        for (var number = first; ; number++)
            await Begin(runtime, number);
    }

    public static async Task Begin(EmbeddedRuntime runtime, int number)
    {
        await runtime.Start("work", Id(number), new Work(number, 0, 0));
        Console.WriteLine($"started {number}");
        if (await runtime.RaiseEvent(Id(number), "go", number))
            Console.WriteLine($"raised {number}");
    }

    private static async Task<int> Work(IOrchestrationContext context, Work work)
    {
        context.SetCustomStatus(work.Round);
        var number = work.Number;
        var sum = (await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => context.CallActivity<int>("same", number)))).Sum();
        sum += await context.CallOrchestrator<int>("child", number);
        sum += await context.CallOrchestrator<int>("child", number, $"{context.InstanceId}.{work.Round}");
        try
        {
            await context.CallActivity<int>("fail", number);
        }
        catch (TaskFailedException e)
        {
            sum += int.Parse(e.Failure.Message);
        }
        sum++;
        if (work.Round == 2)
        {
            var raised = await context.ExternalEvent<int>("go");
            return work.Sum + sum + raised - number;
        }
        context.ContinueAsNew(new Work(number, work.Round + 1, work.Sum + sum));
        return 0;
    }
}

/// <summary>What an instance of the orchestrator <c>work</c> is given.</summary>
internal sealed record Work(int Number, int Round, int Sum);
