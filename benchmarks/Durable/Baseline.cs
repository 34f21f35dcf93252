namespace ServerlessHub.Benchmarks.Durable;

/// <summary>The same activities without a runtime: called by hand, and with a history that is a file for each instance.</summary>
internal static class Baseline
{
    /// <summary>The activity.</summary>
    public static async Task<int> Nothing(int n)
    {
        await Task.Yield();
        return n;
    }

    /// <summary>Calls them, and keeps nothing.</summary>
    public static Task ByHand(int instances, int activities) =>
        Measured.Print(() => Task.WhenAll(Enumerable.Range(0, instances).Select(_ => Chain(activities))));

    /// <summary>Calls them, and flushes a line of each to the instance's own file.</summary>
    public static Task FilePerInstance(string folder, int instances, int activities) =>
        Measured.Print(() =>
            Task.WhenAll(Enumerable.Range(0, instances).Select(n => Task.Run(() => Chain(Path.Combine(folder, $"{n}"), activities))))
        );

    private static async Task Chain(int activities)
    {
        for (var i = 0; i < activities; i++)
            await Nothing(i);
    }

    private static async Task Chain(string file, int activities)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        using var history = File.OpenHandle(file, FileMode.CreateNew, FileAccess.Write);
        for (var i = 0; i < activities; i++)
        {
            var line = new byte[100];
            line[0] = (byte)await Nothing(i);
            RandomAccess.Write(history, line, i * (long)line.Length);
            RandomAccess.FlushToDisk(history);
        }
    }
}
