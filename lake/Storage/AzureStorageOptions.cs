using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Storage;
using Azure.Storage.Blobs;

namespace ServerlessHub.Lake.Storage;

/// <summary>How Azure storage is talked to.</summary>
public sealed record AzureStorageOptions
{
    /// <summary>How often a request is repeated that failed in a way that may pass.</summary>
    public int Retries { get; init; } = 6;

    /// <summary>The wait before the first repetition; it doubles with each, and varies at random.</summary>
    public TimeSpan RetryDelay { get; init; } = TimeSpan.FromMilliseconds(400);

    /// <summary>The longest wait between two attempts.</summary>
    public TimeSpan MaxRetryDelay { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>How long one attempt may take.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(100);

    /// <summary>How many files are transferred at once.</summary>
    public int ParallelFiles { get; init; } = 4;

    /// <summary>How many parts of a file are transferred at once.</summary>
    public int ParallelParts { get; init; } = 4;

    /// <summary>The size of such a part in bytes. Parts times files times this is what transfers take of memory.</summary>
    public int PartSize { get; init; } = 4 << 20;

    /// <summary>The clock by which locks are renewed.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Carries the requests, in place of the ordinary HTTP.</summary>
    internal HttpPipelineTransport? Transport { get; init; }

    internal StorageTransferOptions Transfer =>
        new()
        {
            MaximumConcurrency = ParallelParts,
            InitialTransferSize = PartSize,
            MaximumTransferSize = PartSize,
        };

    internal BlobClientOptions Client()
    {
        var options = new BlobClientOptions
        {
            Retry =
            {
                Mode = RetryMode.Exponential,
                MaxRetries = Retries,
                Delay = RetryDelay,
                MaxDelay = MaxRetryDelay,
                NetworkTimeout = Timeout,
            },
            Diagnostics = { IsLoggingEnabled = false, IsTelemetryEnabled = false },
        };
        if (Transport is not null)
            options.Transport = Transport;
        return options;
    }
}
