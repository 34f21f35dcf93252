using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;

namespace ServerlessHub.Functions;

/// <summary>Forgets, once a day, the histories of instances that ended long ago; what became of runs is in the hub's own history.</summary>
internal sealed class PurgeFunction(TimeProvider time)
{
    private static readonly TimeSpan Kept = TimeSpan.FromDays(30);

    /// <summary>Forgets them.</summary>
    [Function("purge")]
    public Task Run([TimerTrigger("0 30 3 * * *")] TimerInfo timer, [DurableClient] DurableTaskClient client, CancellationToken stops) =>
        client.PurgeAllInstancesAsync(
            new PurgeInstancesFilter(
                CreatedTo: time.GetUtcNow() - Kept,
                Statuses: [OrchestrationRuntimeStatus.Completed, OrchestrationRuntimeStatus.Failed, OrchestrationRuntimeStatus.Terminated]
            ),
            stops
        );
}
