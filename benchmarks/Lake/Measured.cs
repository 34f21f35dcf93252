using System.Diagnostics;
using System.Text.Json;

namespace ServerlessHub.Benchmarks.Lake;

/// <summary>What a piece of work takes, printed for the script that compares.</summary>
internal static class Measured
{
    public static void Print(Action work)
    {
        using var process = Process.GetCurrentProcess();
        var processor = process.TotalProcessorTime;
        var clock = Stopwatch.StartNew();
        work();
        clock.Stop();
        process.Refresh();
        Print(("seconds", clock.Elapsed.TotalSeconds), ("processor", (process.TotalProcessorTime - processor).TotalSeconds));
    }

    public static void Print(params (string Name, double Value)[] values) =>
        Console.WriteLine(JsonSerializer.Serialize(values.ToDictionary(value => value.Name, value => value.Value)));
}
