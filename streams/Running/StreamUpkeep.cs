using Microsoft.Extensions.Logging;
using ServerlessHub.Lake;
using ServerlessHub.Pipelines.Connectors;
using ServerlessHub.Pipelines.Running;
using ServerlessHub.Streams.Care;
using ServerlessHub.Streams.Processing;
using ServerlessHub.Streams.Publishing;

namespace ServerlessHub.Streams.Running;

/// <summary>
/// What a stream needs beside its events, each done once: for a host that is called and does not go on by itself. What fails is told, and left to the next
/// call; of several processes one does it at a time.
/// </summary>
/// <param name="root">The hub.</param>
/// <param name="stream">The stream.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">Where failures are told.</param>
public sealed class StreamUpkeep(HubRoot root, StreamDefinition stream, TimeProvider time, ILogger logger)
{
    private static readonly TimeSpan NextCall = TimeSpan.FromMinutes(1);

    /// <summary>Publishes what has changed of the stream's summaries.</summary>
    /// <exception cref="OperationCanceledException">It was cancelled; what was sent without being noted is sent again, under the same ids.</exception>
    public void Publish(CancellationToken ct)
    {
        if (stream.Document.Publications.Count == 0)
            return;
        try
        {
            new PublishLoop(root, stream, time, logger).RunOnce(ct);
        }
        catch (Exception e) when (e is RunException or LakeException or IOException or UnauthorizedAccessException)
        {
            Logs.NotPublished(logger, stream.Address.ToString(), NextCall, e.Message);
        }
    }

    /// <summary>Puts small files of the stream's tables together, and deletes what is kept no longer, as far as it is due.</summary>
    /// <exception cref="OperationCanceledException">It was cancelled; what is committed stays.</exception>
    public void Care(CancellationToken ct)
    {
        try
        {
            using var care = new StreamCare(root, stream, time);
            care.Look(ct);
        }
        catch (Exception e) when (e is LakeException or IOException or UnauthorizedAccessException)
        {
            Logs.NotCaredFor(logger, stream.Address.ToString(), NextCall, e.Message);
        }
    }
}
