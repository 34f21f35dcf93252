using System.Diagnostics;
using System.Text.Json;

namespace ServerlessHub.Benchmarks.Durable;

/// <summary>What a piece of work takes, printed for the script that compares.</summary>
internal static class Measured
{
    public static async Task Print(Func<Task> work, params Func<(string Name, double Value)>[] more)
    {
        using var process = Process.GetCurrentProcess();
        var processor = process.TotalProcessorTime;
        var clock = Stopwatch.StartNew();
        await work();
        clock.Stop();
        process.Refresh();
        var values = new Dictionary<string, double>
        {
            ["seconds"] = clock.Elapsed.TotalSeconds,
            ["processor"] = (process.TotalProcessorTime - processor).TotalSeconds,
        };
        foreach (var (name, value) in more.Select(measure => measure()))
            values.Add(name, value);
        Console.WriteLine(JsonSerializer.Serialize(values));
    }
}
