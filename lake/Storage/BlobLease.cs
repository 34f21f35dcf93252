using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;

namespace ServerlessHub.Lake.Storage;

/// <summary>A lock that is the lease of an empty file. It is renewed until it is given back; a process that died loses it within a minute.</summary>
internal sealed class BlobLease : StorageLock
{
    private static readonly TimeSpan Duration = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Renewal = TimeSpan.FromSeconds(15);

    private readonly BlobLeaseClient _lease;
    private readonly TimeProvider _time;
    private readonly ITimer _timer;
    private long _renewed;
    private volatile bool _isLost;

    private BlobLease(BlobLeaseClient lease, TimeProvider time, long renewed)
    {
        (_lease, _time, _renewed) = (lease, time, renewed);
        _timer = _time.CreateTimer(_ => Renew(), null, Renewal, Renewal);
    }

    /// <summary>Takes the lease of a file that is there.</summary>
    /// <returns>Null if somebody else has it.</returns>
    /// <exception cref="RequestFailedException">The storage fails.</exception>
    public static BlobLease? TryTake(BlobClient blob, TimeProvider time)
    {
        var lease = blob.GetBlobLeaseClient();
        var asked = time.GetTimestamp();
        try
        {
            lease.Acquire(Duration);
            return new(lease, time, asked);
        }
        catch (RequestFailedException e) when (e.ErrorCode == BlobErrorCode.LeaseAlreadyPresent)
        {
            return null;
        }
    }

    /// <inheritdoc/>
    public override bool IsHeld => !_isLost && _time.GetElapsedTime(Interlocked.Read(ref _renewed)) < Duration;

    /// <inheritdoc/>
    public override void Dispose()
    {
        _timer.Dispose();
        try
        {
            _lease.Release();
        }
        catch (Exception e) when (AzureFailure.IsOne(e, CancellationToken.None))
        {
            // It ends by itself.
        }
    }

    private void Renew()
    {
        var asked = _time.GetTimestamp();
        try
        {
            _lease.Renew();
            Interlocked.Exchange(ref _renewed, asked);
        }
        catch (RequestFailedException e) when (e.Status is 404 or 409)
        {
            // Somebody else has it, or had it, or its file was deleted.
            _isLost = true;
        }
        catch (Exception e) when (AzureFailure.IsOne(e, CancellationToken.None))
        {
            // The next attempt may succeed; if none does, it is not held any more.
        }
    }
}
