using Microsoft.Azure.Functions.Worker;

namespace ServerlessHub.Functions.Streams;

/// <summary>
/// Looks after partitions to which nothing comes any more: what a trigger has passed over is found with the next batch, and there no batch comes. Only with a
/// namespace of event hubs is there anything to look at.
/// </summary>
internal sealed class QuietFunction(EventStreams streams, EventIntake intake, EventHubReader reader, TimeProvider time)
{
    private static readonly TimeSpan Quiet = TimeSpan.FromMinutes(5);

    /// <summary>Looks.</summary>
    [Function("quiet")]
    public async Task Run([TimerTrigger("0 */5 * * * *")] TimerInfo timer, CancellationToken stops)
    {
        if (!reader.HasNamespace)
            return;
        foreach (var (stream, eventHub) in streams.All())
        foreach (var (partition, last, since) in await reader.Ends(eventHub, stops))
            if (time.GetUtcNow() - since > Quiet)
                await intake.TakeMissed(stream, partition, last, stops);
    }
}
