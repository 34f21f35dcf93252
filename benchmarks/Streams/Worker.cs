using Microsoft.Extensions.Logging.Abstractions;
using ServerlessHub.Engine;
using ServerlessHub.Lake;
using ServerlessHub.Streams.Events;
using ServerlessHub.Streams.Processing;
using ServerlessHub.Streams.Running;

namespace ServerlessHub.Benchmarks.Streams;

/// <summary>The hub's own consumer, from the topic into the tables.</summary>
internal static class Worker
{
    /// <summary>Takes all that the topic has.</summary>
    public static void CatchUp(string folder, string servers, int events, bool isRaw)
    {
        // A process that has just started is none that a stream runs in.
        New(folder + "-first", servers, isRaw).Run(untilCaughtUp: true, CancellationToken.None);
        var worker = New(folder, servers, isRaw);
        var measured = new Measured();
        measured.Add(() =>
        {
            worker.Run(untilCaughtUp: true, CancellationToken.None);
            return true;
        });
        if (worker.Activity.Events != events)
            throw new InvalidOperationException($"Of {events} events {worker.Activity.Events} came. {worker.Activity.Problem}");
        measured.Print(("batches", worker.Activity.Batches), ("memory", Measured.Memory()));
    }

    /// <summary>Goes on, once it is told to, with a topic that has been written meanwhile and still is, until it is no further behind than so many events.</summary>
    public static void GoOn(string folder, string servers, int behind)
    {
        GetGoing(folder + "-first");
        var worker = New(folder, servers, isRaw: false);
        Console.WriteLine("ready");
        Console.ReadLine();
        var measured = new Measured();
        using var stop = new CancellationTokenSource();
        var running = Task.Run(() => worker.Run(untilCaughtUp: false, stop.Token));
        measured.Add(() =>
        {
            while (worker.Activity.Batches == 0 || worker.Activity.LagEvents is not { } lag || lag > behind)
                Thread.Sleep(20);
            return true;
        });
        var activity = worker.Activity;
        stop.Cancel();
        running.Wait();
        measured.Print(("events", activity.Events), ("batches", activity.Batches), ("memory", Measured.Memory()));
    }

    /// <summary>Follows a topic until it has so many events, and tells how long after they were sent they could be queried.</summary>
    public static void Follow(string folder, string servers, int events)
    {
        GetGoing(folder + "-first");
        var worker = New(folder, servers, isRaw: false);
        var measured = new Measured();
        using var stop = new CancellationTokenSource();
        measured.Add(() =>
        {
            var running = Task.Run(() => worker.Run(untilCaughtUp: false, stop.Token));
            Console.WriteLine("ready");
            while (worker.Activity.Events < events)
                Thread.Sleep(100);
            stop.Cancel();
            running.Wait();
            return true;
        });
        var (half, most) = Latency(folder);
        var (commits, files) = OrdersStream.Count(folder);
        measured.Print(
            ("p50", half),
            ("p99", most),
            ("batches", worker.Activity.Batches),
            ("commits", commits),
            ("files", files),
            ("memory", Measured.Memory())
        );
    }

    private static StreamWorker New(string folder, string servers, bool isRaw) =>
        new(OrdersStream.Root(folder), OrdersStream.Definition(servers, isRaw: isRaw), new(), TimeProvider.System, NullLogger.Instance);

    /// <summary>A process that has just started is none that a stream runs in.</summary>
    private static void GetGoing(string folder)
    {
        using var processor = new StreamProcessor(OrdersStream.Root(folder), OrdersStream.Definition());
        var (source, batch) = (new OrderEvents(8), new EventBatch());
        for (var i = 0; i < 3; i++)
        {
            batch.Clear();
            source.Fill(batch, 100_000);
            processor.ProcessBatch(batch);
        }
    }

    /// <summary>From when the broker had an event until the commit with its row, in seconds; not counted are those of the first fifth of the time.</summary>
    private static (double Half, double Most) Latency(string folder)
    {
        using var database = Database.Open();
        using var connection = database.Connect();
        connection.Execute("SET TimeZone = 'UTC'");
        var root = OrdersStream.Root(folder);
        using var changes = new DeltaTable(root.Storage, "data/applications/shop/staging/orders").Changes(connection, 0);
        using var result = connection.Query(
            $"""
            WITH c AS (SELECT epoch_ms(_enqueued_at) AS sent, epoch_ms(_commit_timestamp) - epoch_ms(_enqueued_at) AS took FROM ({changes.Sql}))
            SELECT quantile_cont(took, 0.5) / 1000, quantile_cont(took, 0.99) / 1000 FROM c
            WHERE sent > (SELECT min(sent) + (max(sent) - min(sent)) // 5 FROM c)
            """
        );
        var row = result.Rows().Single();
        return (Convert.ToDouble(row[0]), Convert.ToDouble(row[1]));
    }
}
