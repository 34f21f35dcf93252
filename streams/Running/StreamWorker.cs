using Microsoft.Extensions.Logging;
using ServerlessHub.Pipelines.Connectors;
using ServerlessHub.Pipelines.Running;
using ServerlessHub.Streams.Care;
using ServerlessHub.Streams.Events;
using ServerlessHub.Streams.Processing;
using ServerlessHub.Streams.Publishing;
using ServerlessHub.Streams.Sources;

namespace ServerlessHub.Streams.Running;

/// <summary>
/// Runs a stream in this process until it is stopped. What fails is begun again after a while, from where the tables are: a broker or a storage that is
/// gone for an hour costs an hour, and no event. What only a person can mend stops it.
/// </summary>
public sealed class StreamWorker
{
    private static readonly TimeSpan FirstDelay = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestDelay = TimeSpan.FromMinutes(1);

    private readonly HubRoot _root;
    private readonly StreamOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly StreamProgress _progress;

    /// <summary>Prepares it; nothing runs yet.</summary>
    /// <param name="root">The hub.</param>
    /// <param name="stream">The stream.</param>
    /// <param name="options">What it may take of the machine.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">Where it says what happens to it.</param>
    public StreamWorker(HubRoot root, StreamDefinition stream, StreamOptions options, TimeProvider time, ILogger logger)
    {
        (_root, Stream, _options, _time, _logger) = (root, stream, options, time, logger);
        _progress = new(stream.Address, time);
    }

    /// <summary>The stream.</summary>
    public StreamDefinition Stream { get; }

    /// <summary>Where events are handed in; null where nobody can.</summary>
    internal EventInbox? Inbox { get; init; }

    /// <summary>How it is now.</summary>
    public StreamActivity Activity => _progress.Activity;

    /// <summary>Runs it in the calling thread until it is stopped, or stops by itself; then <see cref="Activity"/> says why.</summary>
    /// <param name="untilCaughtUp">Whether it ends once all that the source has is in the tables.</param>
    /// <param name="ct">Stops it: the batch that is being read is left to whoever reads next.</param>
    public void Run(bool untilCaughtUp, CancellationToken ct)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var care = Task.Run(() => new CareLoop(_root, Stream, _time, _logger).Run(stop.Token), CancellationToken.None);
        ReadAndPublish(untilCaughtUp, ct);
        stop.Cancel();
        care.Wait(CancellationToken.None);
    }

    private void ReadAndPublish(bool untilCaughtUp, CancellationToken ct)
    {
        if (Stream.Document.Publications.Count == 0)
        {
            Read(untilCaughtUp, ct);
            return;
        }
        var loop = new PublishLoop(_root, Stream, _time, _logger);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var publishing = Task.Run(() => loop.Run(stop.Token), CancellationToken.None);
        Read(untilCaughtUp, ct);
        stop.Cancel();
        publishing.Wait(CancellationToken.None);
        if (untilCaughtUp && !ct.IsCancellationRequested)
            loop.RunOnce(ct);
    }

    private void Read(bool untilCaughtUp, CancellationToken ct)
    {
        var delay = FirstDelay;
        while (!ct.IsCancellationRequested)
            try
            {
                _progress.Began();
                using var run = new StreamRun(_root, Stream, _options, _time, _logger, Inbox, ct);
                while (!ct.IsCancellationRequested)
                {
                    var began = _time.GetTimestamp();
                    var step = run.Step(ct);
                    if (step is { } done)
                    {
                        Took(done.Batch, done.Result, _time.GetElapsedTime(began));
                        delay = FirstDelay;
                    }
                    _progress.Looked(run.Source);
                    if (step is null && untilCaughtUp && run.Source.IsAtEnd)
                    {
                        _progress.Ended();
                        return;
                    }
                }
            }
            catch (OperationCanceledException) when (ct.IsCancellationRequested)
            {
                break;
            }
            catch (StreamException e)
            {
                Logs.Stopped(_logger, Stream.Address.ToString(), Told(e.Message, e.Hint));
                _progress.Stopped(e.Message, e.Hint);
                return;
            }
            catch (Exception e)
            {
                Wait(e, delay, ct);
                delay = delay * 2 < LongestDelay ? delay * 2 : LongestDelay;
            }
        _progress.Ended();
    }

    private void Took(EventBatch batch, BatchResult result, TimeSpan duration)
    {
        _progress.Took(batch, result, duration);
        if (_logger.IsEnabled(LogLevel.Debug) && result.IsCommitted)
            Logs.Took(_logger, Stream.Address.ToString(), result.Events, result.DeadLetters, string.Join(", ", batch.Ranges));
    }

    private void Wait(Exception failure, TimeSpan delay, CancellationToken ct)
    {
        var hint = (failure as RunException)?.Hint;
        if (failure is RunException or Lake.LakeException or IOException or UnauthorizedAccessException)
            Logs.Waits(_logger, Stream.Address.ToString(), delay, Told(failure.Message, hint));
        else
            Logs.Failed(_logger, Stream.Address.ToString(), delay, failure);
        _progress.Waits(failure.Message, hint, _time.GetUtcNow() + delay);
        try
        {
            Task.Delay(delay, _time, ct).GetAwaiter().GetResult();
        }
        catch (OperationCanceledException)
        {
            // The loop sees it.
        }
    }

    private static string Told(string problem, string? hint) => hint is null ? problem : $"{problem}; {hint}";
}
