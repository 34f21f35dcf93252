using System.Text.Json;
using Microsoft.DurableTask;
using ServerlessHub.Orchestrations.Durable;
using Platform = Microsoft.DurableTask;
using TaskFailedException = ServerlessHub.Orchestrations.Durable.TaskFailedException;

namespace ServerlessHub.Functions.Durable;

/// <summary>What an orchestrator may do with the world, done by Durable Functions.</summary>
internal sealed class DurableTaskContext : IOrchestrationContext
{
    // What an activity does wrong is its outcome, so only what befalls its host comes back as a failure: a process that died, a gateway that was away.
    private static readonly TaskOptions UntilAHostDoesIt = TaskOptions.FromRetryPolicy(
        new Platform.RetryPolicy(10, TimeSpan.FromSeconds(5), 2, TimeSpan.FromMinutes(5))
    );

    private readonly TaskOrchestrationContext context;
    private readonly DurableTasks tasks;
    private readonly OrchestratorTurns turns;
    private readonly string? parent;
    private readonly ExternalEvents events;

    /// <summary>Makes it.</summary>
    /// <param name="context">What the platform gives.</param>
    /// <param name="tasks">The orchestrators that there are.</param>
    /// <param name="turns">Where the orchestrator's code runs.</param>
    /// <param name="parent">The instance that called this one; null for none.</param>
    public DurableTaskContext(TaskOrchestrationContext context, DurableTasks tasks, OrchestratorTurns turns, string? parent)
    {
        (this.context, this.tasks, this.turns, this.parent) = (context, tasks, turns, parent);
        events = new ExternalEvents(context);
    }

    /// <inheritdoc/>
    public string InstanceId => context.InstanceId;

    /// <inheritdoc/>
    public int Version => System.Version.Parse(context.Version).Major;

    /// <inheritdoc/>
    public DateTimeOffset Now => new(DateTime.SpecifyKind(context.CurrentUtcDateTime, DateTimeKind.Utc));

    /// <inheritdoc/>
    public bool IsReplaying => context.IsReplaying;

    /// <inheritdoc/>
    public Task<T> CallActivity<T>(string name, object? input) => turns.Await(() => Activity<T>(name, input));

    /// <inheritdoc/>
    public Task<T> CallOrchestrator<T>(string name, object? input, string? instanceId = null) =>
        turns.Await(() => Orchestrator<T>(name, input, instanceId));

    /// <inheritdoc/>
    public Task Timer(DateTimeOffset dueTime, CancellationToken cancellation) =>
        turns.Await(async () =>
        {
            // The platform would keep the timer of whoever no longer waits.
            cancellation.ThrowIfCancellationRequested();
            await context.CreateTimer(dueTime.UtcDateTime, cancellation);
            return true;
        });

    /// <inheritdoc/>
    public Task<T> ExternalEvent<T>(string name, CancellationToken cancellation = default) =>
        turns.Await(async () => Value<T>(await events.Wait(name, cancellation)));

    /// <inheritdoc/>
    public void SetCustomStatus(object? status)
    {
        turns.Require();
        context.SetCustomStatus(Json(status));
    }

    /// <inheritdoc/>
    public void ContinueAsNew(object? input, bool keepEvents = true)
    {
        turns.Require();
        if (keepEvents)
            events.Forward();
        context.ContinueAsNew(
            new ContinueAsNewOptions
            {
                NewInput = Json(new OrchestrationInput(parent, Json(input))),
                PreserveUnprocessedEvents = keepEvents,
                NewVersion = PlatformVersion(tasks.Version),
            }
        );
    }

    /// <inheritdoc/>
    public Guid NewGuid()
    {
        turns.Require();
        return context.NewGuid();
    }

    /// <summary>A version of the hub's orchestrators as the platform compares them, which is also what <c>host.json</c> says.</summary>
    internal static string PlatformVersion(int version) => $"{version}.0";

    /// <summary>A value as histories have it.</summary>
    internal static JsonElement Json(object? value) => JsonSerializer.SerializeToElement(value, DurableJson.Options);

    private async Task<T> Activity<T>(string name, object? input)
    {
        JsonElement outcome;
        try
        {
            outcome = await context.CallActivityAsync<JsonElement>(
                ActivityRunner.Function,
                Json(new ActivityWork(name, InstanceId, Json(input))),
                UntilAHostDoesIt
            );
        }
        catch (Platform.TaskFailedException e)
        {
            throw new TaskFailedException(name, PlatformFailure.Read(e.FailureDetails) ?? new TaskFailure("Unknown", e.Message));
        }
        var (result, failure) = Value<ActivityOutcome>(outcome)!;
        return failure is null ? Value<T>(result) : throw new TaskFailedException(name, failure);
    }

    private async Task<T> Orchestrator<T>(string name, object? input, string? instanceId)
    {
        if (!tasks.Orchestrators.ContainsKey(name))
            throw new TaskFailedException(name, new TaskFailure("OrchestratorNotFound", $"There is no orchestrator '{name}'."));
        // The platform would put the new instance in the place of the one that has the id.
        if (instanceId is not null && await Activity<bool>(ActivityRunner.InstanceExists, instanceId))
            throw new TaskFailedException(name, new TaskFailure("InstanceExists", $"There is an instance '{instanceId}' already."));
        var id = instanceId ?? context.NewGuid().ToString("N");
        TaskFailure? failure;
        try
        {
            return Value<T>(
                await context.CallSubOrchestratorAsync<JsonElement>(
                    name,
                    Json(new OrchestrationInput(InstanceId, Json(input))),
                    new SubOrchestrationOptions(instanceId: id)
                )
            );
        }
        catch (Platform.TaskFailedException e)
        {
            failure = PlatformFailure.Read(e.FailureDetails);
        }
        // Of one that was terminated its caller is not told why.
        failure ??= await Activity<TaskFailure?>(ActivityRunner.InstanceFailure, id);
        throw new TaskFailedException(name, failure ?? new TaskFailure("Terminated", $"Instance '{id}' was terminated."));
    }

    private static T Value<T>(JsonElement? json) =>
        json is { ValueKind: not JsonValueKind.Undefined } value ? value.Deserialize<T>(DurableJson.Options)! : default!;
}

/// <summary>What an instance is started with.</summary>
/// <param name="Parent">The instance that called it; null where a client started it.</param>
/// <param name="Input">What its orchestrator is given.</param>
internal sealed record OrchestrationInput(string? Parent, JsonElement Input);
