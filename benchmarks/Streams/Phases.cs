using ServerlessHub.Streams.Events;
using ServerlessHub.Streams.Processing;

namespace ServerlessHub.Benchmarks.Streams;

/// <summary>All phases on batches that are made here; making them does not count.</summary>
internal static class Phases
{
    private const int Partitions = 8;

    /// <summary>The first batches only get the process going.</summary>
    private const int Uncounted = 2;

    public static void Run(string folder, int events, int size, bool hasSchema, bool hasIds)
    {
        using var processor = new StreamProcessor(OrdersStream.Root(folder), OrdersStream.Definition(hasSchema: hasSchema, hasIds: hasIds));
        var (source, batch, measured) = (new OrderEvents(Partitions), new EventBatch(), new Measured());
        var batches = events / size;
        double early = 0;
        for (var done = -Uncounted; done < batches; done++)
        {
            if (done == 0)
                measured.Reset();
            if (done == batches / 4)
                early = Measured.Memory();
            Process(processor, source, batch, size, measured);
        }
        var (commits, files) = OrdersStream.Count(folder);
        measured.Print(("early", early), ("late", Measured.Memory()), ("commits", commits), ("files", files));
    }

    /// <summary>Batches of some size, on tables that have had some commits.</summary>
    public static void RunSmall(string folder, int size, int commits)
    {
        const int counted = 50;
        using var processor = new StreamProcessor(OrdersStream.Root(folder), OrdersStream.Definition());
        var (source, batch, measured) = (new OrderEvents(Partitions), new EventBatch(), new Measured());
        for (var done = 0; done < commits; done++)
            Process(processor, source, batch, 10, measured);
        for (var done = -Uncounted; done < counted; done++)
        {
            if (done == 0)
                measured.Reset();
            Process(processor, source, batch, size, measured);
        }
        measured.Print(("batches", counted));
    }

    private static void Process(StreamProcessor processor, OrderEvents source, EventBatch batch, int size, Measured measured)
    {
        batch.Clear();
        source.Fill(batch, size);
        if (!measured.Add(() => processor.ProcessBatch(batch)).IsCommitted)
            throw new InvalidOperationException("Somebody else writes here.");
    }
}
