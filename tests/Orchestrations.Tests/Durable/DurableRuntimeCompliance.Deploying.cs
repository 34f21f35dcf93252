using ServerlessHub.Orchestrations.Durable;

namespace ServerlessHub.Orchestrations.Tests.Durable;

/// <summary>Another version of the program comes while instances are open.</summary>
public abstract partial class DurableRuntimeCompliance
{
    [Fact]
    public async Task An_instance_goes_on_after_a_deployment_as_it_began_and_what_begins_then_is_of_the_new_version()
    {
        await Begin(Program(1));
        await Client.Start("main", "before", null);
        await Until("before", state => state.Status == InstanceStatus.Running);
        await Deploy(Program(2));
        await Client.Start("main", "after", null);
        foreach (var id in (string[])["before", "after"])
            Assert.True(await Client.RaiseEvent(id, "go", 1));
        // Each with what it has called after the deployment.
        AssertCompleted(new[] { 1, 2 }, await Client.WaitForEnd("before").WaitAsync(TimeSpan.FromMinutes(1)));
        AssertCompleted(new[] { 2, 2 }, await Client.WaitForEnd("after").WaitAsync(TimeSpan.FromMinutes(1)));
        Assert.Equal(["checked"], _log);
    }

    [Fact]
    public async Task What_continues_as_new_after_a_deployment_is_of_the_new_version()
    {
        DurableTasks Counting(int version) =>
            new DurableTasks { Version = version }.AddOrchestrator<bool, int>(
                "main",
                async (context, isAgain) =>
                {
                    if (isAgain)
                        return context.Version;
                    await context.ExternalEvent<int>("go");
                    context.ContinueAsNew(true);
                    return 0;
                }
            );
        await Begin(Counting(1));
        await Client.Start("main", "i", false);
        await Until("i", state => state.Status == InstanceStatus.Running);
        await Deploy(Counting(2));
        Assert.True(await Client.RaiseEvent("i", "go", 1));
        AssertCompleted(2, await Client.WaitForEnd("i"));
    }

    protected Task Begin(DurableTasks tasks)
    {
        Tasks = tasks;
        return Begin();
    }

    /// <summary>A program whose second version decides otherwise from its first step on.</summary>
    protected DurableTasks Program(int version)
    {
        var tasks = new DurableTasks { Version = version }
            .AddActivity<object?, int>(
                "check",
                (_, _) =>
                {
                    Log("checked");
                    return Task.FromResult(0);
                }
            )
            .AddOrchestrator<object?, int>("child", (context, _) => Task.FromResult(context.Version));
        return version == 1
            ? tasks.AddOrchestrator<object?, int[]>("main", (context, _) => AfterGo(context))
            : tasks.AddOrchestrator<object?, int[]>(
                "main",
                async (context, _) =>
                {
                    if (context.Version > 1)
                        await context.CallActivity<int>("check", null);
                    return await AfterGo(context);
                }
            );
    }

    private static async Task<int[]> AfterGo(IOrchestrationContext context)
    {
        await context.ExternalEvent<int>("go");
        return [context.Version, await context.CallOrchestrator<int>("child", null)];
    }
}
