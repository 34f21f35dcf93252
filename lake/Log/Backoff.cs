namespace ServerlessHub.Lake.Log;

/// <summary>How long a writer waits that another one was faster than.</summary>
internal static class Backoff
{
    private static readonly TimeSpan Longest = TimeSpan.FromMilliseconds(200);

    /// <summary>
    /// Waits for a random while. Writers that lost against the same one must not try again all at once; the longer it goes on, the
    /// further apart.
    /// </summary>
    /// <param name="lost">How often in a row it has lost before.</param>
    /// <param name="ct">Ends it at once.</param>
    public static void Wait(int lost, CancellationToken ct)
    {
        var longest = Math.Min(Longest.TotalMilliseconds, Math.ScaleB(1, Math.Min(lost, 10)));
        ct.WaitHandle.WaitOne(TimeSpan.FromMilliseconds(Random.Shared.NextDouble() * longest));
    }
}
