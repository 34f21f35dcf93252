using System.Globalization;
using System.Text.Json;
using Azure.Messaging.EventHubs;
using Microsoft.Azure.Functions.Worker;
using ServerlessHub.Streams.Events;

namespace ServerlessHub.Functions.Streams;

/// <summary>Takes events of an event hub into the tables of the streams that read it.</summary>
internal sealed class EventHubFunction(EventDelivery delivery)
{
    /// <summary>
    /// Takes a batch of a partition. The setting <c>HUB_EVENT_HUB</c> says of which event hub. What fails is tried again for as long as it takes, and a batch
    /// that is lost with its process is found by the next one.
    /// </summary>
    [Function("events")]
    [ExponentialBackoffRetry(-1, "00:00:05", "00:05:00")]
    public Task Run(
        [EventHubTrigger("%HUB_EVENT_HUB%", Connection = "EventHubs", ConsumerGroup = "hub")] EventData[] events,
        FunctionContext context,
        CancellationToken stops
    ) => delivery.Deliver(PartitionOf(context), events, stops);

    private static SourcePartition PartitionOf(FunctionContext context)
    {
        using var json = JsonDocument.Parse((string)context.BindingContext.BindingData["PartitionContext"]!);
        return new SourcePartition(
            json.RootElement.GetProperty("EventHubName").GetString()!,
            int.Parse(json.RootElement.GetProperty("PartitionId").GetString()!, CultureInfo.InvariantCulture)
        );
    }
}
