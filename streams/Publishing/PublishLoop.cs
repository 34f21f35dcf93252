using Microsoft.Extensions.Logging;
using ServerlessHub.Lake;
using ServerlessHub.Pipelines.Connectors;
using ServerlessHub.Pipelines.Running;
using ServerlessHub.Streams.Processing;

namespace ServerlessHub.Streams.Publishing;

/// <summary>Publishes the summaries of a stream beside what brings them up to date: a receiver that is gone holds up no event.</summary>
internal sealed class PublishLoop(HubRoot root, StreamDefinition stream, TimeProvider time, ILogger logger)
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestDelay = TimeSpan.FromMinutes(1);

    /// <summary>Publishes until it is cancelled.</summary>
    public async Task Run(CancellationToken ct)
    {
        var delay = Every;
        while (!ct.IsCancellationRequested)
            try
            {
                using var publishers = Open();
                while (true)
                {
                    publishers.Publish(ct);
                    delay = Every;
                    await Task.Delay(Every, time, ct);
                }
            }
            catch (OperationCanceledException) when (ct.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                if (e is RunException or LakeException or IOException or UnauthorizedAccessException)
                    Logs.NotPublished(logger, stream.Address.ToString(), delay, e.Message);
                else
                    Logs.PublishFailed(logger, stream.Address.ToString(), delay, e);
                await Task.Delay(delay, time, ct).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                delay = delay * 2 < LongestDelay ? delay * 2 : LongestDelay;
            }
    }

    /// <summary>Publishes what has changed, once.</summary>
    /// <exception cref="RunException">A sink fails.</exception>
    /// <exception cref="LakeException">A summary cannot be read.</exception>
    public void RunOnce(CancellationToken ct)
    {
        using var publishers = Open();
        publishers.Publish(ct);
    }

    private Publishers Open() => new([.. stream.Document.Publications.Select(p => new Publisher(root, stream, p, time, logger))]);

    private sealed class Publishers(IReadOnlyList<Publisher> all) : IDisposable
    {
        public void Publish(CancellationToken ct)
        {
            foreach (var publisher in all)
                publisher.Publish(ct);
        }

        public void Dispose()
        {
            foreach (var publisher in all)
                publisher.Dispose();
        }
    }
}
