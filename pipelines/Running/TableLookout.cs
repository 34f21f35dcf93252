using System.Runtime.ExceptionServices;

namespace ServerlessHub.Pipelines.Running;

/// <summary>Looks at many tables at a time: at those in Azure storage one waits for answers most of the time, and not for processors.</summary>
public static class TableLookout
{
    private const int RemoteThreads = 16;

    /// <summary>Does something with each item, and gives the results in the items' order.</summary>
    /// <param name="root">The hub root that has the tables.</param>
    /// <param name="items">The items.</param>
    /// <param name="look">Is called by several threads.</param>
    /// <param name="cancellation">Ends it between two items.</param>
    /// <exception cref="Exception">The first that a look threw.</exception>
    public static TResult[] Each<T, TResult>(
        HubRoot root,
        IReadOnlyList<T> items,
        Func<T, TResult> look,
        CancellationToken cancellation = default
    )
    {
        var results = new TResult[items.Count];
        var (next, failure) = (-1, (ExceptionDispatchInfo?)null);
        // Threads of its own: the pool would add them, one by one, only after it has seen that the others wait.
        var threads = Enumerable
            .Range(0, Math.Min(items.Count, root.IsRemote ? RemoteThreads : Environment.ProcessorCount))
            .Select(_ => new Thread(Work) { IsBackground = true })
            .ToList();
        threads.ForEach(thread => thread.Start());
        threads.ForEach(thread => thread.Join());
        failure?.Throw();
        cancellation.ThrowIfCancellationRequested();
        return results;

        void Work()
        {
            try
            {
                while (
                    failure is null && !cancellation.IsCancellationRequested && Interlocked.Increment(ref next) is var i && i < items.Count
                )
                    results[i] = look(items[i]);
            }
            catch (Exception e)
            {
                Interlocked.CompareExchange(ref failure, ExceptionDispatchInfo.Capture(e), null);
            }
        }
    }
}
