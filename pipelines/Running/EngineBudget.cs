using ServerlessHub.Engine;

namespace ServerlessHub.Pipelines.Running;

/// <summary>What an engine gets of the memory that its process may take.</summary>
internal static class EngineBudget
{
    /// <summary>What the runtime, readers, writers and the engine's own uncounted allocations take beside what the engine counts.</summary>
    private const long Besides = 256L << 20;

    /// <summary>
    /// What a thread needs for itself: a large sort merges its runs, each of which a thread's share of the memory holds, and every thread
    /// keeps a few blocks of each run at hand. With half the threads there are half as many runs, and half as many hands.
    /// </summary>
    private const long MemoryOfThread = 256L << 20;

    /// <summary>The options of a database that keeps within a budget.</summary>
    /// <param name="budget">The memory of the whole process, in bytes, since that is what a container kills it for; null for 60 % of the machine's.</param>
    /// <param name="threads">The threads at most; null for one a core.</param>
    /// <param name="spill">The folder for what does not fit.</param>
    public static DatabaseOptions Options(long? budget, int? threads, string spill)
    {
        var whole = budget ?? GC.GetGCMemoryInfo().TotalAvailableMemoryBytes * 6 / 10;
        var memory = Math.Max(whole - Besides, whole / 2);
        return new()
        {
            MemoryLimitBytes = memory,
            Threads = (int)Math.Clamp(memory / MemoryOfThread, 1, threads ?? Environment.ProcessorCount),
            TempDirectory = spill,
        };
    }
}
