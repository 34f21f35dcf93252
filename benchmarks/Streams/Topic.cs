using System.Diagnostics;
using Confluent.Kafka;

namespace ServerlessHub.Benchmarks.Streams;

/// <summary>The topic as a Kafka client sees it that does nothing else.</summary>
internal static class Topic
{
    /// <summary>Sends events, as fast as it can or so many a second.</summary>
    public static void Produce(string servers, int partitions, int events, int perSecond)
    {
        using var producer = new ProducerBuilder<byte[], byte[]>(
            new ProducerConfig
            {
                BootstrapServers = servers,
                LingerMs = 5,
                QueueBufferingMaxMessages = 500_000,
            }
        ).Build();
        var source = new OrderEvents(partitions);
        var clock = Stopwatch.StartNew();
        for (var i = 0; i < events; i++)
        {
            if (
                perSecond > 0
                && i % (perSecond / 100) == 0
                && TimeSpan.FromSeconds((double)i / perSecond) - clock.Elapsed is { Ticks: > 0 } early
            )
                Thread.Sleep(early);
            Send(producer, new(OrdersStream.Topic, i / 100 % partitions), source.Next().ToArray());
        }
        producer.Flush(TimeSpan.FromMinutes(1));
        Console.WriteLine($$"""{"seconds":{{clock.Elapsed.TotalSeconds:F3}}}""");
    }

    /// <summary>Reads all, and looks at nothing.</summary>
    public static void Consume(string servers, int partitions, int events)
    {
        using var consumer = new ConsumerBuilder<Ignore, Ignore>(
            new ConsumerConfig
            {
                BootstrapServers = servers,
                GroupId = "benchmark",
                EnableAutoCommit = false,
                ConsumeResultFields = "none",
                FetchQueueBackoffMs = 10,
            }
        ).Build();
        var measured = new Measured();
        measured.Add(() =>
        {
            consumer.Assign(Enumerable.Range(0, partitions).Select(p => new TopicPartitionOffset(OrdersStream.Topic, p, Offset.Beginning)));
            for (var read = 0; read < events; read++)
                _ = consumer.Consume(TimeSpan.FromMinutes(1)) ?? throw new TimeoutException($"Of {events} events {read} came.");
            return true;
        });
        measured.Print();
    }

    private static void Send(IProducer<byte[], byte[]> producer, TopicPartition partition, byte[] value)
    {
        while (true)
            try
            {
                producer.Produce(partition, new Message<byte[], byte[]> { Key = value[^8..], Value = value });
                return;
            }
            catch (ProduceException<byte[], byte[]> e) when (e.Error.Code == ErrorCode.Local_QueueFull)
            {
                producer.Poll(TimeSpan.FromMilliseconds(10));
            }
    }
}
