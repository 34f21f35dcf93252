using System.Text.Json;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;

namespace ServerlessHub.Functions.Durable;

/// <summary>The function that does every activity.</summary>
internal sealed class ActivityFunction(ActivityRunner runner, AppHub hub)
{
    /// <summary>Does one.</summary>
    [Function(ActivityRunner.Function)]
    public Task<JsonElement> Run([ActivityTrigger] JsonElement work, [DurableClient] DurableTaskClient client, CancellationToken stops)
    {
        hub.Attach(client);
        return runner.Run(work, stops);
    }
}
