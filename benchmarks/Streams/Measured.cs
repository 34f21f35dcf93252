using System.Diagnostics;
using System.Text.Json;

namespace ServerlessHub.Benchmarks.Streams;

/// <summary>What work takes, measured piece by piece, and printed for the script that compares.</summary>
internal sealed class Measured
{
    private TimeSpan _processor;
    private TimeSpan _wall;

    public T Add<T>(Func<T> work)
    {
        var (processor, clock) = (Environment.CpuUsage.TotalTime, Stopwatch.StartNew());
        var result = work();
        _wall += clock.Elapsed;
        _processor += Environment.CpuUsage.TotalTime - processor;
        return result;
    }

    /// <summary>What was done before only got it going, and does not count.</summary>
    public void Reset() => (_processor, _wall) = (default, default);

    public void Print(params (string Name, double Value)[] more)
    {
        var values = more.ToDictionary(m => m.Name, m => m.Value);
        values["seconds"] = _wall.TotalSeconds;
        values["processor"] = _processor.TotalSeconds;
        Console.WriteLine(JsonSerializer.Serialize(values));
    }

    /// <summary>What the process holds now, in units of 2^20 bytes.</summary>
    public static double Memory()
    {
        using var process = Process.GetCurrentProcess();
        return process.WorkingSet64 / (double)(1 << 20);
    }
}
