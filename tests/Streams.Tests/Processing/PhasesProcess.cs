using System.Diagnostics;
using System.Globalization;
using ServerlessHub.Streams.Events;

namespace ServerlessHub.Streams.Tests.Processing;

/// <summary>A process that takes <see cref="MadeEvents"/> through all phases, on from wherever the tables are.</summary>
internal static class PhasesProcess
{
    public const string Name = "phases";

    /// <summary>Starts one.</summary>
    /// <param name="folder">The hub root.</param>
    /// <param name="count">How many events each partition has.</param>
    /// <param name="seed">Decides how large its batches are.</param>
    public static Process Start(string folder, int count, int seed)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardOutput = true, RedirectStandardError = true };
        if (Path.GetFileNameWithoutExtension(Environment.ProcessPath!) == "dotnet")
            start.ArgumentList.Add(typeof(PhasesProcess).Assembly.Location);
        foreach (var argument in new[] { Name, folder, $"{count}", $"{seed}" })
            start.ArgumentList.Add(argument);
        return Process.Start(start)!;
    }

    public static int Run(string folder, string count, string seed)
    {
        var end = long.Parse(count, CultureInfo.InvariantCulture);
        var random = new Random(int.Parse(seed, CultureInfo.InvariantCulture));
        using var stream = new TestStream(MadeEvents.Document, folder, MadeEvents.Schema);
        using var processor = stream.Open();
        var batch = new EventBatch();
        while (true)
        {
            var reached = processor.Offsets();
            batch.Clear();
            for (var partition = 0; partition < MadeEvents.Partitions; partition++)
            {
                var next = reached.GetValueOrDefault(new("orders", partition), -1) + 1;
                // Sometimes what was read already comes once more.
                var from = Math.Max(0, next - (random.Next(4) == 0 ? random.Next(50) : 0));
                if (next < end && random.Next(3) > 0)
                    MadeEvents.Fill(batch, partition, from, Math.Min(end, next + random.Next(1, 120)));
            }
            if (batch.Count > 0)
                processor.ProcessBatch(batch);
            else if (Enumerable.Range(0, MadeEvents.Partitions).All(p => reached.GetValueOrDefault(new("orders", p), -1) + 1 == end))
                break;
            Console.WriteLine("batch");
        }
        processor.CatchUp();
        return 0;
    }
}
