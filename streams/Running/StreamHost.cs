using Microsoft.Extensions.Logging;
using ServerlessHub.Pipelines.Connectors;
using ServerlessHub.Pipelines.Running;
using ServerlessHub.Streams.Kafka;
using ServerlessHub.Streams.Processing;
using ServerlessHub.Streams.Sources;

namespace ServerlessHub.Streams.Running;

/// <summary>
/// Runs the streams of a hub in this process as their documents are now: begins those that are new, begins those anew whose document, schema or connections were changed, and
/// ends those that are gone or paused. A changed document that is wrong replaces nothing: the stream goes on as the one before said.
/// </summary>
public sealed class StreamHost : IAsyncDisposable
{
    private readonly HubRoot _root;
    private readonly StreamOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly StreamControl _control;
    private readonly Lock _lock = new();
    private readonly Dictionary<DocumentAddress, Entry> _streams = [];
    private readonly StreamFiles _files;

    /// <summary>Prepares it; <see cref="Look"/> begins.</summary>
    /// <param name="root">The hub.</param>
    /// <param name="options">What a stream may take of the machine.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">Where streams say what happens to them.</param>
    public StreamHost(HubRoot root, StreamOptions options, TimeProvider time, ILogger<StreamHost> logger)
    {
        (_root, _options, _time, _logger) = (root, options, time, logger);
        _control = new(root, time);
        _files = new(root);
        Sinks = new(root, logger);
    }

    private TopicSinks Sinks { get; }

    /// <summary>What a stream does in this process; null for one that is not known here.</summary>
    public StreamActivity? Find(DocumentAddress stream)
    {
        lock (_lock)
            return _streams.TryGetValue(stream, out var entry) ? entry.Activity(stream) : null;
    }

    /// <summary>
    /// Hands events in to a stream, and returns once they are durable: in the raw table of a stream that takes them itself, in the topic of one that
    /// reads a topic.
    /// </summary>
    /// <param name="document">The stream.</param>
    /// <param name="events">The events.</param>
    /// <param name="ct">Ends the wait; they may be taken nevertheless.</param>
    /// <exception cref="InvalidDocumentException">The stream's document is wrong.</exception>
    /// <exception cref="RunException">The stream takes none, or they were not taken, or that is open.</exception>
    public Task<EventReceipt> Accept(HubDocument document, IReadOnlyList<IncomingEvent> events, CancellationToken ct)
    {
        StreamDefinition? stream;
        EventInbox? inbox;
        lock (_lock)
            (stream, inbox) = _streams.TryGetValue(document.Address, out var entry) ? (entry.Wanted, entry.Inbox) : (null, null);
        stream ??= StreamFile.Read(_root, document);
        var source = stream.Document.Ingest!.Source;
        return source.Spec.Name switch
        {
            "http" => inbox?.Post(events, ct)
                ?? throw new RunException(
                    $"stream {stream.Address} does not run here now",
                    "send them again in a while",
                    isTransient: true
                ),
            "kafka" or "eventHub" => Task.Run(() => Sinks.Send(stream, events, ct), ct),
            _ => throw new RunException(
                $"stream {stream.Address} takes no events over HTTP",
                "give it a source that does: http, kafka or eventHub"
            ),
        };
    }

    /// <summary>Looks at the documents, and does what they ask for. To be called every second or so, by one thread at a time.</summary>
    /// <exception cref="RunException">The hub's configuration cannot be read.</exception>
    /// <exception cref="IOException">The hub's storage fails.</exception>
    public void Look()
    {
        var documents = _root.Documents(DocumentKind.Stream).DistinctBy(d => d.Address).ToDictionary(d => d.Address);
        foreach (var gone in Known().Where(address => !documents.ContainsKey(address)))
            Change(gone, entry => entry.Want(null, isPaused: false));
        foreach (var document in documents.Values)
        {
            var isPaused = _control.PauseOf(document.Address) is not null;
            var (definition, problem) = _files.Read(document);
            Change(
                document.Address,
                entry =>
                {
                    entry.Problem = problem;
                    entry.Want(definition ?? entry.Wanted, isPaused);
                }
            );
        }
    }

    /// <summary>Ends all streams, and waits until they have.</summary>
    public async ValueTask DisposeAsync()
    {
        Task[] ending;
        lock (_lock)
        {
            foreach (var entry in _streams.Values)
                entry.Want(null, isPaused: false);
            ending = [.. _streams.Values.Select(e => e.Running)];
        }
        await Task.WhenAll(ending);
        Sinks.Dispose();
    }

    private DocumentAddress[] Known()
    {
        lock (_lock)
            return [.. _streams.Keys];
    }

    private void Change(DocumentAddress address, Action<Entry> change)
    {
        lock (_lock)
        {
            if (!_streams.TryGetValue(address, out var entry))
                _streams.Add(address, entry = new(this));
            change(entry);
            if (entry.IsGone)
                _streams.Remove(address);
        }
    }

    /// <summary>A stream that is known here. Its members are called under the host's lock.</summary>
    private sealed class Entry(StreamHost host)
    {
        private StreamWorker? _worker;
        private CancellationTokenSource? _stop;
        private bool _isPaused;

        public StreamDefinition? Wanted { get; private set; }

        /// <summary>What is wrong with the document as it is now.</summary>
        public string? Problem { get; set; }

        /// <summary>Where events are handed in; null while nothing runs.</summary>
        public EventInbox? Inbox { get; private set; }

        /// <summary>Ends when nothing runs.</summary>
        public Task Running { get; private set; } = Task.CompletedTask;

        public bool IsGone => Wanted is null && Problem is null && Running.IsCompleted;

        public StreamActivity Activity(DocumentAddress address)
        {
            var activity = _worker?.Activity ?? StreamActivity.None(address.ToString());
            return _isPaused ? activity with { State = StreamState.Paused }
                : Problem is null ? activity
                : activity with { State = _worker is null ? StreamState.Stopped : activity.State, Problem = Problem };
        }

        public void Want(StreamDefinition? definition, bool isPaused)
        {
            var isSame = (definition?.IsSame(Wanted) ?? Wanted is null) && isPaused == _isPaused;
            (Wanted, _isPaused) = (definition, isPaused);
            if (isSame && (_worker is not null || definition is null || isPaused))
                return;
            _stop?.Cancel();
            Inbox?.Close();
            (_worker, _stop, Inbox) = (null, null, null);
            if (definition is null || isPaused)
                return;
            var (inbox, stop) = (new EventInbox(), new CancellationTokenSource());
            var worker = new StreamWorker(host._root, definition, host._options, host._time, host._logger) { Inbox = inbox };
            (_worker, _stop, Inbox) = (worker, stop, inbox);
            var before = Running;
            Running = Task.Factory.StartNew(
                () =>
                {
                    before.Wait();
                    worker.Run(untilCaughtUp: false, stop.Token);
                    // It may have stopped by itself.
                    inbox.Close();
                    stop.Dispose();
                },
                CancellationToken.None,
                TaskCreationOptions.LongRunning,
                TaskScheduler.Default
            );
        }
    }
}
