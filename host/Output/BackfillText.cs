using ServerlessHub.Host.Commands;
using ServerlessHub.Orchestrations.Backfills;
using ServerlessHub.Orchestrations.Runs;
using ServerlessHub.Pipelines.Running;

namespace ServerlessHub.Host.Output;

/// <summary>How backfills are shown to a person.</summary>
internal static class BackfillText
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(250);

    /// <summary>Writes a backfill with its dates.</summary>
    public static void Write(Terminal terminal, Backfill backfill)
    {
        terminal.Write(List([backfill]));
        terminal.WriteLine();
        terminal.Write(
            new Grid(
                [new("date"), new("status"), new("run"), new("")],
                [.. backfill.Days.Select(d => new[] { $"{d.Date:yyyy-MM-dd}", StatusOf(d), d.RunId, d.Error ?? "" })]
            )
        );
    }

    /// <summary>A line for each backfill.</summary>
    public static Grid List(IReadOnlyList<Backfill> backfills) =>
        new(
            [
                new("backfill"),
                new("of"),
                new("from"),
                new("to"),
                new("status"),
                new("done", true),
                new("failed", true),
                new("dates", true),
                new("by"),
            ],
            [
                .. backfills.Select(b =>
                    new[]
                    {
                        b.Id,
                        b.Document.ToString(),
                        $"{b.From:yyyy-MM-dd}",
                        $"{b.To:yyyy-MM-dd}",
                        b.Status == BackfillStatus.CompletedWithErrors ? "completed with errors" : b.Status.ToString().ToLowerInvariant(),
                        Quantity.Count(b.Days.Count(d => d.Status is JobStatus.Completed)),
                        Quantity.Count(
                            b.Days.Count(d => d.Status is JobStatus.Failed or JobStatus.CompletedWithErrors or JobStatus.Cancelled)
                        ),
                        Quantity.Count(b.Days.Count),
                        b.By,
                    }
                ),
            ]
        );

    private static string StatusOf(BackfillDay day) =>
        day.Status switch
        {
            null => "–",
            JobStatus.CompletedWithErrors => "completed with errors",
            var status => status.Value.ToString().ToLowerInvariant(),
        };

    /// <summary>Says how each date ends, until the backfill has ended; where a server runs it, it is left to it at once.</summary>
    public static Backfill Follow(Invocation invocation, HubRoot root, string id, bool endsHere)
    {
        var shown = new HashSet<DateOnly>();
        while (true)
        {
            var backfill = BackfillControl.Find(root.Storage, id)!;
            var ended = backfill.Days.Where(d => d.Status is not (null or JobStatus.Queued or JobStatus.Running));
            foreach (var day in ended.Where(d => shown.Add(d.Date)))
                invocation.Terminal.Error.WriteLine($"{day.Date:yyyy-MM-dd}: {StatusOf(day)}");
            if (!endsHere || backfill.HasEnded || invocation.Cancellation.WaitHandle.WaitOne(Interval))
                return backfill;
        }
    }
}
