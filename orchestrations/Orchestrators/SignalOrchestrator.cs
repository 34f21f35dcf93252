using ServerlessHub.Orchestrations.Activities;
using ServerlessHub.Orchestrations.Durable;
using ServerlessHub.Orchestrations.Starting;

namespace ServerlessHub.Orchestrations.Orchestrators;

/// <summary>What an event starts.</summary>
/// <param name="Starts">The runs.</param>
public sealed record SignalInput(IReadOnlyList<StartRequest> Starts);

/// <summary>Starts all that an event starts, whatever dies in between.</summary>
public static class SignalOrchestrator
{
    /// <summary>The name it is registered by.</summary>
    public const string Name = "signal";

    /// <summary>The id of the instance that does what an event wants.</summary>
    /// <param name="signalId">The event's id.</param>
    public static string InstanceId(string signalId) => $"{signalId}/signal";

    /// <summary>Starts the runs, and gives the ids of those that could be started.</summary>
    /// <exception cref="TaskFailedException">The storage could not be reached for an hour.</exception>
    public static async Task<IReadOnlyList<string>> Run(IOrchestrationContext context, SignalInput input)
    {
        var isStarted = await Task.WhenAll(input.Starts.Select(start => context.Bookkeep<bool>(JobActivities.Start, start)));
        return [.. input.Starts.Where((_, index) => isStarted[index]).Select(start => start.RunId)];
    }
}
