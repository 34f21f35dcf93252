using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;
using ServerlessHub.Orchestrations;

namespace ServerlessHub.Functions;

/// <summary>What the hub does by itself, every minute: the platform has one instance of the app do it.</summary>
internal sealed class WatchFunction(AppHub hub, HubWatch watch)
{
    /// <summary>Starts what is due, and makes up for what was left.</summary>
    [Function("watch")]
    public async Task Run([TimerTrigger("0 * * * * *")] TimerInfo timer, [DurableClient] DurableTaskClient client, CancellationToken stops)
    {
        hub.Attach(client);
        hub.Jobs.Root.Refresh();
        await watch.StartDue(stops);
        await watch.Maintain(stops);
    }
}
