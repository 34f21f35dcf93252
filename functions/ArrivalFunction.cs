using Azure.Storage.Blobs;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;
using ServerlessHub.Orchestrations;

namespace ServerlessHub.Functions;

/// <summary>Looks for what waits for a file as soon as one has come, and not only when the next minute begins.</summary>
internal sealed class ArrivalFunction(AppHub hub, HubWatch watch)
{
    /// <summary>Looks. The setting <c>HUB_ARRIVALS</c> says where files come: the container and the path of <c>landing</c> in it.</summary>
    [Function("arrival")]
    public Task Run(
        [BlobTrigger("%HUB_ARRIVALS%/{name}", Connection = "HubStorage", Source = BlobTriggerSource.EventGrid)] BlobClient file,
        [DurableClient] DurableTaskClient client,
        CancellationToken stops
    )
    {
        hub.Attach(client);
        return watch.StartDue(stops);
    }
}
