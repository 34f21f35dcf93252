using ServerlessHub.Lake.Storage;
using ServerlessHub.Pipelines.Connectors;

namespace ServerlessHub.Pipelines.Running;

/// <summary>Keeps two runs of one pipeline on one hub root apart: they would read the same increments. It ends with the process that holds it.</summary>
public static class RunLock
{
    /// <summary>Takes the lock until it is disposed.</summary>
    /// <exception cref="RunInProgressException">Another run of the pipeline holds it.</exception>
    /// <exception cref="RunException">It cannot be taken.</exception>
    public static StorageLock Take(HubRoot root, DocumentAddress address)
    {
        try
        {
            return root.Storage.TryLock($".hub/locks/{address.App}.{address.Layer}.{address.Id}.lock")
                ?? throw new RunInProgressException(
                    $"another run of '{address.Id}' is going on in this hub root",
                    root.IsRemote
                        ? "wait until it has ended, or cancel it; if its machine died, try again in a minute"
                        : "wait until it has ended, or cancel it"
                );
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new RunException($"the run of '{address.Id}' cannot begin: {e.Message}", isTransient: true, inner: e);
        }
    }
}
