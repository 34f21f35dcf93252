using System.Text.Json;
using Microsoft.DurableTask;
using ServerlessHub.Orchestrations.Durable;
using Platform = Microsoft.DurableTask;

namespace ServerlessHub.Functions.Durable;

/// <summary>Runs the hub's orchestrators on Durable Functions.</summary>
/// <param name="tasks">The orchestrators.</param>
/// <param name="client">Gives the client of the platform; null while no function has brought one.</param>
internal sealed class OrchestrationRunner(DurableTasks tasks, Func<IDurableClient?> client)
{
    private const string Foreign = "hub.foreign";

    /// <summary>Runs an orchestrator until it waits, or to its end.</summary>
    /// <param name="context">What the platform gives.</param>
    /// <param name="input">An <see cref="OrchestrationInput"/>.</param>
    /// <returns>Its result.</returns>
    /// <exception cref="Platform.TaskFailedException">The orchestrator ended with an exception, or awaits what is not of its context.</exception>
    public async Task<JsonElement> Run(TaskOrchestrationContext context, JsonElement input)
    {
        var (name, instanceId) = (context.Name.Name, context.InstanceId);
        var told = context.WaitForExternalEvent<JsonElement>(Foreign);
        var turns = new OrchestratorTurns(SynchronizationContext.Current!, () => _ = TellForeign(instanceId));
        var run = turns.Begin(() => Execute(context, turns, input));
        await Task.WhenAny(run, turns.Stuck, told);
        if (turns.HasLeft() || !run.IsCompleted)
            throw PlatformFailure.Of(name, ForeignAwait.In(name, instanceId));
        try
        {
            return await run;
        }
        catch (Exception e)
        {
            throw PlatformFailure.Of(name, TaskFailure.Of(e));
        }
    }

    private async Task<JsonElement> Execute(TaskOrchestrationContext context, OrchestratorTurns turns, JsonElement input)
    {
        var task = tasks.Orchestrators[context.Name.Name];
        var (parent, given) = input.Deserialize<OrchestrationInput>(DurableJson.Options)!;
        var durable = new DurableTaskContext(context, tasks, turns, parent);
        var result = await task.Run(durable, given.Deserialize(task.Input, DurableJson.Options));
        return JsonSerializer.SerializeToElement(result, task.Output, DurableJson.Options);
    }

    /// <summary>Brings into the instance's history that it goes on where nothing can follow it, so that it ends.</summary>
    private async Task TellForeign(string instanceId)
    {
        if (client() is { } platform)
            await platform.RaiseEvent(instanceId, Foreign, null);
    }
}
