using System.Text.Json;
using Microsoft.DurableTask;
using ServerlessHub.Orchestrations.Durable;

namespace ServerlessHub.Functions.Durable;

/// <summary>The hub's orchestrators as the platform knows them.</summary>
internal static class TaskRegistration
{
    /// <summary>Registers each orchestrator under its name; in the app, that makes it a function.</summary>
    /// <param name="registry">Where.</param>
    /// <param name="tasks">The orchestrators.</param>
    /// <param name="client">Gives the client of the platform; null while no function has brought one.</param>
    public static DurableTaskRegistry AddOrchestrators(this DurableTaskRegistry registry, DurableTasks tasks, Func<IDurableClient?> client)
    {
        var runner = new OrchestrationRunner(tasks, client);
        foreach (var name in tasks.Orchestrators.Keys)
            registry.AddOrchestratorFunc<JsonElement, JsonElement>(name, runner.Run);
        return registry;
    }
}
