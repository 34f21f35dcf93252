using Microsoft.Extensions.Logging;
using ServerlessHub.Lake;
using ServerlessHub.Pipelines.Running;
using ServerlessHub.Streams.Processing;

namespace ServerlessHub.Streams.Care;

/// <summary>Looks after a stream's tables as long as the stream runs. What fails is tried again in its turn: a table with many files is only slower.</summary>
internal sealed class CareLoop(HubRoot root, StreamDefinition stream, TimeProvider time, ILogger logger)
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(30);

    /// <summary>Looks until it is cancelled.</summary>
    public async Task Run(CancellationToken ct)
    {
        using var care = new StreamCare(root, stream, time);
        while (!ct.IsCancellationRequested)
        {
            try
            {
                care.Look(ct);
            }
            catch (OperationCanceledException) when (ct.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                if (e is LakeException or IOException or UnauthorizedAccessException)
                    Logs.NotCaredFor(logger, stream.Address.ToString(), Every, e.Message);
                else
                    Logs.CareFailed(logger, stream.Address.ToString(), Every, e);
            }
            await Task.Delay(Every, time, ct).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
