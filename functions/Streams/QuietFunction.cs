using Microsoft.Azure.Functions.Worker;

namespace ServerlessHub.Functions.Streams;

/// <summary>Looks after partitions of the event hub to which nothing comes any more, so that no batch finds what a trigger has passed over.</summary>
internal sealed class QuietFunction(EventDelivery delivery)
{
    /// <summary>Looks.</summary>
    [Function("quiet")]
    public Task Run([TimerTrigger("0 */5 * * * *")] TimerInfo timer, CancellationToken stops) => delivery.DeliverMissed(stops);
}
