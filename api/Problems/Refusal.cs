using ServerlessHub.Pipelines.Connectors;
using ServerlessHub.Pipelines.Running;

namespace ServerlessHub.Api.Problems;

/// <summary>What the hub refuses as things stand is a conflict, and no fault of the request.</summary>
internal static class Refusal
{
    /// <summary>Does something to what is there.</summary>
    /// <exception cref="ApiException">The hub refuses it.</exception>
    public static async Task<T> AsConflict<T>(Func<Task<T>> act)
    {
        try
        {
            return await act();
        }
        catch (RunException e) when (!e.IsTransient || e is RunInProgressException)
        {
            throw ApiException.Conflict(e.Message, e.Hint);
        }
    }
}
