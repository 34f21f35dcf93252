using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Logging;
using ServerlessHub.Pipelines.Running;
using ServerlessHub.Streams.Processing;
using ServerlessHub.Streams.Running;

namespace ServerlessHub.Functions.Streams;

/// <summary>
/// What no trigger does for streams, every minute, by one instance of the app: those that read their sources themselves read until they have all; of the
/// others the summaries are published and the tables looked after.
/// </summary>
internal sealed class StreamsFunction(
    EventStreams streams,
    HubRoot root,
    StreamOptions options,
    HubSettings settings,
    TimeProvider time,
    ILogger<StreamsFunction> logger
)
{
    // What has more to read goes on in the next minute, and lets others read meanwhile.
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(50);

    /// <summary>Does it.</summary>
    [Function("streams")]
    public Task Run([TimerTrigger("0 * * * * *")] TimerInfo timer, CancellationToken stops)
    {
        Action<CancellationToken>[] work =
        [
            .. streams.Triggered().Select(stream => (Action<CancellationToken>)(ct => LookAfter(stream, ct))),
            .. streams.Reading().Select(stream => (Action<CancellationToken>)(ct => Read(stream, ct))),
        ];
        return Parallel.ForEachAsync(
            work,
            new ParallelOptions { MaxDegreeOfParallelism = settings.Options.ParallelPipelines, CancellationToken = stops },
            (does, ct) =>
            {
                does(ct);
                return ValueTask.CompletedTask;
            }
        );
    }

    private void LookAfter(StreamDefinition stream, CancellationToken ct)
    {
        var upkeep = new StreamUpkeep(root, stream, time, logger);
        upkeep.Publish(ct);
        upkeep.Care(ct);
    }

    private void Read(StreamDefinition stream, CancellationToken ct)
    {
        using var longest = new CancellationTokenSource(Longest, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(longest.Token, ct);
        new StreamWorker(root, stream, options, time, logger).Run(untilCaughtUp: true, either.Token);
    }
}
