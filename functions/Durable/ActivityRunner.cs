using System.Text.Json;
using Microsoft.Extensions.Logging;
using ServerlessHub.Orchestrations.Durable;

namespace ServerlessHub.Functions.Durable;

/// <summary>
/// Does the hub's activities, all through one function of the platform. What an activity does wrong is its outcome, bounded and without a stack; an
/// exception is left to what befalls the host, and the platform has the activity made again then.
/// </summary>
/// <param name="tasks">The activities.</param>
/// <param name="client">Gives the client of the platform.</param>
/// <param name="logger">Where failures are told.</param>
internal sealed class ActivityRunner(DurableTasks tasks, Func<IDurableClient> client, ILogger<ActivityRunner> logger)
{
    /// <summary>The function's name.</summary>
    public const string Function = "activity";

    /// <summary>The activity that tells whether there is an instance of an id.</summary>
    public const string InstanceExists = "durable.exists";

    /// <summary>The activity that tells why an instance of an id failed.</summary>
    public const string InstanceFailure = "durable.failure";

    /// <summary>The runner of the app's hub.</summary>
    public ActivityRunner(AppHub hub, ILogger<ActivityRunner> logger)
        : this(hub.Tasks, () => hub.Jobs.Client, logger) { }

    /// <summary>Does an activity.</summary>
    /// <param name="input">An <see cref="ActivityWork"/>.</param>
    /// <param name="stops">Cancelled when the host stops.</param>
    /// <returns>An <see cref="ActivityOutcome"/>.</returns>
    /// <exception cref="OperationCanceledException">The host stops.</exception>
    public async Task<JsonElement> Run(JsonElement input, CancellationToken stops)
    {
        var work = input.Deserialize<ActivityWork>(DurableJson.Options)!;
        try
        {
            return DurableTaskContext.Json(new ActivityOutcome(await Result(work, stops), null));
        }
        catch (Exception e) when (!stops.IsCancellationRequested)
        {
            var failure = TaskFailure.Of(e);
            Logs.ActivityFailed(logger, work.Name, work.InstanceId, failure.Message);
            return DurableTaskContext.Json(new ActivityOutcome(null, failure));
        }
    }

    private async Task<JsonElement> Result(ActivityWork work, CancellationToken stops)
    {
        if (work.Name is InstanceExists or InstanceFailure)
        {
            var found = await client().Find(work.Input.GetString()!, stops);
            return DurableTaskContext.Json(work.Name == InstanceExists ? found is not null : found?.Failure);
        }
        if (!tasks.Activities.TryGetValue(work.Name, out var task))
            throw new KeyNotFoundException($"There is no activity '{work.Name}'.");
        var result = await task.Run(new ActivityCall(work.InstanceId, stops), work.Input.Deserialize(task.Input, DurableJson.Options));
        return JsonSerializer.SerializeToElement(result, task.Output, DurableJson.Options);
    }
}

/// <summary>A call of an activity.</summary>
/// <param name="Name">The activity.</param>
/// <param name="InstanceId">The instance that calls it.</param>
/// <param name="Input">What it is given.</param>
internal sealed record ActivityWork(string Name, string InstanceId, JsonElement Input);

/// <summary>How an activity ended.</summary>
/// <param name="Result">Its result; null where it failed.</param>
/// <param name="Failure">Why it failed; null where it did not.</param>
internal sealed record ActivityOutcome(JsonElement? Result, TaskFailure? Failure);
