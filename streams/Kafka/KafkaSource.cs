using System.Globalization;
using Confluent.Kafka;
using ServerlessHub.Pipelines.Connectors;
using ServerlessHub.Streams.Events;
using ServerlessHub.Streams.Processing;
using ServerlessHub.Streams.Sources;

namespace ServerlessHub.Streams.Kafka;

/// <summary>
/// Reads a topic, or an event hub through the Kafka protocol. The consumer group shares the partitions out over all processes that run the stream;
/// where each goes on is for the raw table to say. The group's own offsets are stored for tools that look at them, and never asked.
/// </summary>
/// <remarks>
/// A rebalance ends the batch that is being filled, and it is written as it is: its events of a partition that went to somebody else are written by
/// whoever comes first, since each commit says from where to where it takes a partition.
/// </remarks>
internal sealed class KafkaSource : IEventSource
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(100);

    /// <summary>How long leaving the group may take: if its broker is gone, the group finds out by itself.</summary>
    private static readonly TimeSpan LongestFarewell = TimeSpan.FromSeconds(5);

    private readonly SourceContext _context;
    private readonly KafkaConnection _connection;
    private readonly HeaderJson _headers = new();
    private readonly IConsumer<MessageBytes, MessageBytes> _consumer;
    private readonly KafkaStarts _starts;
    private readonly Dictionary<int, SourcePartition> _partitions = [];
    private readonly Dictionary<int, long> _next = [];

    /// <summary>A message that came with a rebalance, and belongs into the next batch.</summary>
    private ConsumeResult<MessageBytes, MessageBytes>? _pending;
    private bool _isRebalanced;
    private volatile string? _problem;

    /// <summary>Joins the consumer group.</summary>
    /// <exception cref="RunException">The broker is not reached, or a setting or a secret is not what it should be.</exception>
    public KafkaSource(SourceContext context)
    {
        _context = context;
        _connection = KafkaConnection.Of(context.Ingest.Source, context.Root, context.Stream.Address);
        _consumer = Build();
        try
        {
            using var admin = new DependentAdminClientBuilder(_consumer.Handle).Build();
            _starts = KafkaStarts.Of(context, _connection.Topic, _consumer, admin);
            _consumer.Subscribe(_connection.Topic);
        }
        catch (Exception e)
        {
            _consumer.Dispose();
            throw e is KafkaException failure ? Unreachable(failure) : e;
        }
    }

    /// <inheritdoc/>
    public bool IsAtEnd { get; private set; }

    /// <inheritdoc/>
    public string? Problem => _problem;

    /// <inheritdoc/>
    public IReadOnlyDictionary<SourcePartition, long> Ends =>
        _consumer
            .Assignment.Select(p => (Partition: Source(p.Partition), _consumer.GetWatermarkOffsets(p).High))
            .Where(p => p.High.Value >= 0)
            .ToDictionary(p => p.Partition, p => p.High.Value - 1);

    /// <inheritdoc/>
    public void Read(EventBatch batch, BatchWindow window, CancellationToken ct)
    {
        while (!window.IsDue(batch) && !(_isRebalanced && batch.Count > 0))
        {
            ct.ThrowIfCancellationRequested();
            var message = _pending ?? Consume(batch.Count > 0 && window.Left < Poll ? window.Left : Poll);
            _pending = null;
            if (batch.Count == 0)
                _isRebalanced = false;
            if (_isRebalanced)
                _pending = message;
            else if (message is not null)
                Add(batch, message);
            else if (batch.Count == 0)
            {
                IsAtEnd = HasReadAll();
                return;
            }
        }
    }

    /// <inheritdoc/>
    public bool ReadsAhead => true;

    /// <inheritdoc/>
    public void Settle(EventBatch batch, BatchResult result)
    {
        var mine = _consumer.Assignment.Select(p => p.Partition.Value).ToHashSet();
        var ranges = batch.Ranges.Where(r => mine.Contains(r.Partition.Partition)).ToArray();
        try
        {
            if (result.IsCommitted)
                foreach (var (partition, range) in ranges)
                    _consumer.StoreOffset(new TopicPartitionOffset(_connection.Topic, partition.Partition, range.Last + 1));
            else
                foreach (var (partition, _) in ranges)
                    Seek(partition.Partition, result.Offsets.TryGetValue(partition, out var last) ? last + 1 : Start(partition.Partition));
        }
        catch (KafkaException e)
        {
            throw Unreachable(e);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        // It says good-bye to a broker that may not be there, so it is not waited for longer than is sensible.
        if (Task.Run(Leave).Wait(LongestFarewell))
            _consumer.Dispose();
        _headers.Dispose();
    }

    private void Leave()
    {
        try
        {
            _consumer.Close();
        }
        catch (KafkaException)
        {
            // The group notices that nobody is here.
        }
    }

    private IConsumer<MessageBytes, MessageBytes> Build()
    {
        var address = _context.Stream.Address;
        var source = _context.Ingest.Source;
        var settings = new ConsumerConfig(_connection.Settings())
        {
            GroupId =
                (source.Spec.Name == "eventHub" ? source["consumerGroup"] : source["groupId"])
                ?? $"{address.App}.{address.Layer}.{address.Id}",
            EnableAutoCommit = true,
            EnableAutoOffsetStore = false,
            // An offset that is gone is for the document to decide about.
            AutoOffsetReset = AutoOffsetReset.Error,
            PartitionAssignmentStrategy = PartitionAssignmentStrategy.CooperativeSticky,
            AllowAutoCreateTopics = false,
            ConsumeResultFields = "headers,timestamp",
            // A full queue is what a stream that catches up has all the time; a second's pause would be one for nothing.
            FetchQueueBackoffMs = 10,
        };
        try
        {
            return new ConsumerBuilder<MessageBytes, MessageBytes>(settings)
                .SetKeyDeserializer(new MessageBytes())
                .SetValueDeserializer(new MessageBytes())
                .SetLogHandler((_, message) => KafkaClients.Log(_context.Logger, message))
                .SetErrorHandler((_, error) => _problem = KafkaProblem.Of(error, _problem))
                .SetOAuthBearerTokenRefreshHandler((client, _) => KafkaClients.Authenticate(client, _connection))
                .SetPartitionsAssignedHandler((_, partitions) => Assigned(partitions))
                .SetPartitionsRevokedHandler((_, partitions) => Gone(partitions))
                .SetPartitionsLostHandler((_, partitions) => Gone(partitions))
                .Build();
        }
        catch (Exception e) when (e is InvalidOperationException or ArgumentException or KafkaException)
        {
            throw _connection.Unfit(e);
        }
    }

    private TopicPartitionOffset[] Assigned(List<TopicPartition> partitions)
    {
        _isRebalanced = true;
        var reached = _context.Offsets();
        foreach (var partition in partitions.Select(p => p.Partition.Value))
            _next[partition] = reached.TryGetValue(Source(partition), out var last) ? last + 1 : Start(partition);
        Logs.Assigned(
            _context.Logger,
            _context.Stream.Address.ToString(),
            string.Join(
                ", ",
                partitions.Select(p =>
                    string.Create(CultureInfo.InvariantCulture, $"{Source(p.Partition)} from {_next[p.Partition.Value]}")
                )
            )
        );
        return [.. partitions.Select(p => new TopicPartitionOffset(p, _next[p.Partition.Value]))];
    }

    private void Gone(List<TopicPartitionOffset> partitions)
    {
        _isRebalanced = true;
        foreach (var partition in partitions)
            _next.Remove(partition.Partition.Value);
    }

    private long Start(int partition) => _starts.Offsets.TryGetValue(partition, out var offset) ? offset : Offset.Beginning.Value;

    private ConsumeResult<MessageBytes, MessageBytes>? Consume(TimeSpan wait)
    {
        try
        {
            return _consumer.Consume(wait);
        }
        catch (ConsumeException e) when (e.Error.Code == ErrorCode.Local_AutoOffsetReset)
        {
            GoOnFrom(e.ConsumerRecord.Partition.Value, e.ConsumerRecord.Offset.Value);
            return null;
        }
        catch (KafkaException e) when (e.Error.IsFatal)
        {
            throw Unreachable(e);
        }
        catch (KafkaException e)
        {
            // The client goes on by itself: a topic may be made, a right be given, a broker come back.
            _problem = KafkaProblem.Of(e.Error, _problem);
            return null;
        }
    }

    private void Add(EventBatch batch, ConsumeResult<MessageBytes, MessageBytes> message)
    {
        var sent = message.Message.Timestamp;
        batch.Add(
            Source(message.Partition),
            new StreamEvent
            {
                Offset = message.Offset.Value,
                EnqueuedAt =
                    (sent.Type == TimestampType.NotAvailable ? _context.Time.GetUtcNow().ToUnixTimeMilliseconds() : sent.UnixTimestampMs)
                    * 1_000,
                Key = message.Message.Key.Bytes,
                HasKey = message.Message.Key.IsThere,
                Value = message.Message.Value.Bytes,
                HasValue = message.Message.Value.IsThere,
                Headers = _headers.Of(message.Message.Headers),
            }
        );
        _next[message.Partition.Value] = message.Offset.Value + 1;
        (_problem, IsAtEnd) = (null, false);
    }

    /// <summary>The broker does not have an offset that is to be read next: nothing is passed over unless the document says so, and then it is written down.</summary>
    private void GoOnFrom(int partition, long wanted)
    {
        var source = Source(partition);
        var there = Watermarks(partition);
        if (wanted > there.High.Value)
            throw new StreamException(
                $"stream {_context.Stream.Address}: {source} ends before offset {there.High.Value}, but the table has its events up to {wanted - 1}: the topic was made anew",
                "give the stream a new raw table to read the new topic into, or a topic of another name"
            );
        var oldest = there.Low.Value;
        if (!_context.Ingest.SkipsGoneOffsets)
            throw new StreamException(
                $"stream {_context.Stream.Address}: offset {wanted} of {source} is to be read next, but the oldest that the broker has is {oldest}: {oldest - wanted} events were deleted unread",
                "set onOffsetGone=\"skip\" to go on with the oldest there is, and let the topic keep events for longer"
            );
        new SourceGap(source.Topic, partition, wanted, oldest - 1, _context.Time.GetUtcNow()).Keep(_context.Folder);
        Logs.OffsetsGone(_context.Logger, _context.Stream.Address.ToString(), source.ToString(), wanted, oldest - 1);
        // What the client has given up reading it does not seek in.
        TopicPartitionOffset from = new(_connection.Topic, partition, oldest);
        _consumer.IncrementalUnassign([from.TopicPartition]);
        _consumer.IncrementalAssign([from]);
        _next[partition] = oldest;
    }

    private WatermarkOffsets Watermarks(int partition)
    {
        try
        {
            return _consumer.QueryWatermarkOffsets(new(_connection.Topic, partition), Patience);
        }
        catch (KafkaException e)
        {
            throw Unreachable(e);
        }
    }

    private void Seek(int partition, long offset)
    {
        if (_pending?.Partition.Value == partition)
            _pending = null;
        _next[partition] = offset;
        _consumer.Seek(new TopicPartitionOffset(_connection.Topic, partition, offset));
    }

    private bool HasReadAll() =>
        _next.Count > 0
        && _next.All(p =>
            _consumer.GetWatermarkOffsets(new(_connection.Topic, p.Key)).High.Value is >= 0 and var high && high <= Math.Max(0, p.Value)
        );

    private SourcePartition Source(Partition partition) =>
        _partitions.TryGetValue(partition.Value, out var known)
            ? known
            : _partitions[partition.Value] = new(_connection.Topic, partition.Value);

    private RunException Unreachable(KafkaException e) =>
        new(
            $"{_connection} cannot be read: {e.Error.Reason}",
            KafkaProblem.Hint(e.Error) ?? "look whether the brokers run, and whether the client may read there",
            isTransient: true,
            e
        );
}
