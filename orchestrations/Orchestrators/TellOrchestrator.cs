using ServerlessHub.Orchestrations.Activities;
using ServerlessHub.Orchestrations.Durable;

namespace ServerlessHub.Orchestrations.Orchestrators;

/// <summary>Tells whoever wants to know of a run, beside the run: a webhook that hangs keeps no job, and nothing that waits for one, from going on.</summary>
public static class TellOrchestrator
{
    /// <summary>The name it is registered by.</summary>
    public const string Name = "tell";

    /// <summary>The id of the instance that tells of a run.</summary>
    /// <param name="telling">What is told.</param>
    public static string InstanceId(Telling telling) => $"{telling.RunId}/{(telling.IsStart ? "start" : "end")}";

    /// <summary>Tells it.</summary>
    /// <exception cref="TaskFailedException">The run's document could not be reached for an hour.</exception>
    public static Task<bool> Run(IOrchestrationContext context, Telling telling) => context.Bookkeep<bool>(JobActivities.Tell, telling);
}
