using System.Net.Sockets;
using Azure;
using Azure.Identity;
using Azure.Storage.Blobs.Models;

namespace ServerlessHub.Lake.Storage;

/// <summary>Says what a failure of Azure's client means for its user. What the client says itself may hold an address with its signature.</summary>
internal static class AzureFailure
{
    /// <summary>Whether it is a failure of the storage, and not of the program.</summary>
    public static bool IsOne(Exception e, CancellationToken ct) =>
        Cause(e) is RequestFailedException or AuthenticationFailedException or HttpRequestException or HttpIOException
        || Cause(e) is IOException { InnerException: SocketException }
        || (Cause(e) is OperationCanceledException && !ct.IsCancellationRequested);

    /// <summary>Whether there is no such file, in a container that there is.</summary>
    public static bool IsMissing(Exception e) =>
        Cause(e) is RequestFailedException { Status: 404 } failed && failed.ErrorCode != BlobErrorCode.ContainerNotFound;

    /// <summary>Whether a file was not created since there is one.</summary>
    public static bool IsPresent(Exception e) =>
        Cause(e) is RequestFailedException { Status: 409 or 412 } failed && IsConflictOfNames(failed);

    /// <summary>What the storage's caller is told.</summary>
    /// <param name="e">What happened.</param>
    /// <param name="place">The container, and the storage account's host.</param>
    /// <param name="path">The file or folder it is about.</param>
    public static Exception Explain(Exception e, AzurePlace place, string path)
    {
        var what = $"'{path}' in container '{place.Container}' of {place.Host}";
        return Cause(e) switch
        {
            AuthenticationFailedException => new UnauthorizedAccessException(
                $"Nobody is signed in who could open {what}. Sign in (az login), give the program a managed identity, or set {AzurePlace.ConnectionVariable}.",
                e
            ),
            RequestFailedException { Status: 401 or 403 } => new UnauthorizedAccessException(
                $"Access to {what} is denied. Give the identity the role 'Storage Blob Data Contributor' on the container, or 'Storage Blob Data Reader' "
                    + "if it only reads; a signature or a key may have expired, and the account's firewall must let this machine in.",
                e
            ),
            RequestFailedException { Status: 404 } failed when failed.ErrorCode == BlobErrorCode.ContainerNotFound => new StorageException(
                $"There is no container '{place.Container}' in {place.Host}. Create it, or correct the address.",
                isTransient: false,
                e
            ),
            RequestFailedException { Status: 404 } => new FileNotFoundException($"There is no {what}.", path, e),
            RequestFailedException { Status: 412 } => new StorageException(
                $"There is another {what} by now; begin again with what there is.",
                isTransient: true,
                e
            ),
            RequestFailedException { Status: 429 or 503 } => new StorageException(
                $"{place.Host} is throttling: {what} was not reached in several attempts. Try again later, or spread the load over more accounts.",
                isTransient: true,
                e
            ),
            RequestFailedException { Status: >= 500 or 408 } failed => new StorageException(
                $"{place.Host} failed at {what} with status {failed.Status} ({failed.ErrorCode ?? "no code"}) in several attempts. Try again later.",
                isTransient: true,
                e
            ),
            RequestFailedException { Status: > 0 } failed => new StorageException(
                $"{place.Host} refused {what} with status {failed.Status} ({failed.ErrorCode ?? "no code"}).",
                isTransient: false,
                e
            ),
            _ => new StorageException(
                $"{place.Host} does not answer, or not in time, about {what}. Check the account's name, and the network from here to it.",
                isTransient: true,
                e
            ),
        };
    }

    /// <summary>After its attempts the client reports all of them at once; the last one counts.</summary>
    private static Exception Cause(Exception e) => e is AggregateException { InnerExceptions: [.., var last] } ? Cause(last) : e;

    private static bool IsConflictOfNames(RequestFailedException failed) =>
        failed.ErrorCode == BlobErrorCode.BlobAlreadyExists || failed.ErrorCode == BlobErrorCode.ConditionNotMet;
}
