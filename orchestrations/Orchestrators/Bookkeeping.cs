using ServerlessHub.Orchestrations.Durable;
using ServerlessHub.Orchestrations.Jobs;

namespace ServerlessHub.Orchestrations.Orchestrators;

/// <summary>Calls of activities whose failure does not end the orchestration: those that only write something down are tried again for as long as the storage may be away.</summary>
internal static class Bookkeeping
{
    private static readonly RetryPolicy Again = new(20, TimeSpan.FromSeconds(1), Backoff.Exponential, TimeSpan.FromMinutes(5));

    /// <summary>Calls an activity, again and again for about an hour.</summary>
    /// <exception cref="TaskFailedException">It failed each time; this is the last failure.</exception>
    public static async Task<T> Bookkeep<T>(this IOrchestrationContext context, string activity, object work)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await context.CallActivity<T>(activity, work);
            }
            catch (TaskFailedException) when (Again.DelayAfter(attempt) is not null)
            {
                await context.Timer(context.Now + Again.DelayAfter(attempt)!.Value, CancellationToken.None);
            }
        }
    }

    /// <summary>Calls an activity that comes again anyway; false where it failed, which it has told.</summary>
    public static async Task<bool> Try(this IOrchestrationContext context, string activity, object work)
    {
        try
        {
            return await context.CallActivity<bool>(activity, work);
        }
        catch (TaskFailedException)
        {
            return false;
        }
    }
}
