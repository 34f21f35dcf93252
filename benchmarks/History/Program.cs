using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using ServerlessHub.Benchmarks.History;
using ServerlessHub.Orchestrations.Runs;

// benchmarks/history starts this program: make ROOT RUNS, or measure ROOT.
if (args is ["make", var place, var count])
{
    MadeHistory.Make(place, long.Parse(count, CultureInfo.InvariantCulture));
    return 0;
}
if (args is not ["measure", var folder])
{
    Console.Error.WriteLine("make ROOT RUNS, or measure ROOT");
    return 2;
}

const int Repeats = 20;
using var process = Process.GetCurrentProcess();
var processor = process.TotalProcessorTime;
var opening = Stopwatch.StartNew();
using var history = MadeHistory.Open(folder);
var first = history.Page(new());
var cold = opening.Elapsed.TotalMilliseconds;
process.Refresh();
var deep = first.Next;
for (var i = 0; i < 5; i++)
    deep = history.Page(new(), deep, RunHistory.LargestPage).Next;
var some = history.Page(new(), deep).Runs[0];
var works = new (string Name, Action Work)[]
{
    ("first page", () => Expect(history.Page(new()).Runs.Count, 50)),
    ("page 5,000 runs back", () => Expect(history.Page(new(), deep).Runs.Count, 50)),
    ("failed runs", () => Expect(history.Page(new() { Statuses = [JobStatus.Failed] }).Runs.Count, 50)),
    ("runs of one job of 500", () => Expect(history.Page(new() { Job = "job-77" }).Runs.Count, 50)),
    ("text that is in no error", () => Expect(history.Page(new() { ErrorText = "no such text" }).Runs.Count, 0)),
    ("one run by its id", () => Expect(history.Find(some.RunId)!.Nodes.Count, 1)),
    (
        "counts of 30 days",
        () => Expect(history.Counts(new() { From = first.Runs[0].Queued.AddDays(-29) }).DistinctBy(c => c.Day).Count(), 30)
    ),
};
var results = new List<object>
{
    new
    {
        name = "first page of a new process",
        milliseconds = cold,
        processor = (process.TotalProcessorTime - processor).TotalMilliseconds,
    },
};
foreach (var (name, work) in works)
{
    work();
    process.Refresh();
    processor = process.TotalProcessorTime;
    var times = new List<double>();
    for (var i = 0; i < Repeats; i++)
    {
        var watch = Stopwatch.StartNew();
        work();
        times.Add(watch.Elapsed.TotalMilliseconds);
    }
    process.Refresh();
    times.Sort();
    results.Add(
        new
        {
            name,
            milliseconds = times[Repeats / 2],
            processor = (process.TotalProcessorTime - processor).TotalMilliseconds / Repeats,
        }
    );
}
Console.WriteLine(JsonSerializer.Serialize(results));
return 0;

static void Expect(int found, int expected)
{
    if (found != expected)
        throw new InvalidOperationException($"{found} were found, not {expected}.");
}
