using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using ServerlessHub.Engine;
using ServerlessHub.Lake;
using ServerlessHub.Pipelines.Connectors;
using ServerlessHub.Pipelines.Running;

namespace ServerlessHub.Orchestrations;

/// <summary>Does what a hub does again and again: what goes wrong with one chore is told once, and keeps no other from being done.</summary>
internal sealed class Chores(ILogger logger)
{
    private readonly ConcurrentDictionary<string, string> failures = new(StringComparer.Ordinal);

    /// <summary>Does one.</summary>
    /// <param name="what">What is looked after, by the name that log and metrics have for it.</param>
    /// <param name="work">Does it.</param>
    /// <returns>False where it could not be done.</returns>
    public async Task<bool> Do(string what, Func<Task> work)
    {
        try
        {
            await work();
            failures.TryRemove(what, out _);
            return true;
        }
        catch (Exception e)
            when (e
                    is RunException
                        or LakeException
                        or EngineException
                        or IOException
                        or UnauthorizedAccessException
                        or InvalidDocumentException
            )
        {
            JobTelemetry.WatchFailed(what);
            if (!failures.TryGetValue(what, out var told) || told != e.Message)
                Logs.WatchFailed(logger, what, e.Message);
            failures[what] = e.Message;
            return false;
        }
    }
}
