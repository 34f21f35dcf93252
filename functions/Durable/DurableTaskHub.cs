using System.Runtime.CompilerServices;
using System.Text.Json;
using DurableTask.Core.Exceptions;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using ServerlessHub.Orchestrations.Durable;

namespace ServerlessHub.Functions.Durable;

/// <summary>The instances of a task hub of Durable Functions.</summary>
/// <param name="client">The platform's client.</param>
/// <param name="time">The clock.</param>
internal sealed class DurableTaskHub(DurableTaskClient client, TimeProvider time) : IDurableClient
{
    private const string TerminatedType = "Terminated";
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(100);

    // An id is used once; the platform would let those that have ended be replaced.
    private static readonly IReadOnlyList<string> AnyStatus =
    [
        .. StartOrchestrationOptionsExtensions.ValidDedupeStatuses.Select(s => s.ToString()),
    ];

    /// <inheritdoc/>
    public async Task<bool> Start(string orchestrator, string instanceId, object? input, CancellationToken ct = default)
    {
        if (await client.GetInstanceAsync(instanceId, ct) is not null)
            return false;
        try
        {
            await client.ScheduleNewOrchestrationInstanceAsync(
                orchestrator,
                DurableTaskContext.Json(new OrchestrationInput(null, DurableTaskContext.Json(input))),
                new StartOrchestrationOptions(instanceId) { DedupeStatuses = AnyStatus },
                ct
            );
            return true;
        }
        catch (OrchestrationAlreadyExistsException)
        {
            return false;
        }
    }

    /// <inheritdoc/>
    public async Task<bool> RaiseEvent(string instanceId, string name, object? data, CancellationToken ct = default)
    {
        if (!await IsOpen(instanceId, ct))
            return false;
        await client.RaiseEventAsync(instanceId, name, DurableTaskContext.Json(data), ct);
        return true;
    }

    /// <inheritdoc/>
    public async Task<bool> Suspend(string instanceId, string? reason, CancellationToken ct = default)
    {
        if (!await IsOpen(instanceId, ct))
            return false;
        await client.SuspendInstanceAsync(instanceId, reason, ct);
        await Until(instanceId, state => state.Status == InstanceStatus.Suspended || state.HasEnded, ct);
        return true;
    }

    /// <inheritdoc/>
    public async Task<bool> Resume(string instanceId, string? reason, CancellationToken ct = default)
    {
        if (await Find(instanceId, ct) is not { Status: InstanceStatus.Suspended })
            return false;
        await client.ResumeInstanceAsync(instanceId, reason, ct);
        await Until(instanceId, state => state.Status != InstanceStatus.Suspended, ct);
        return true;
    }

    /// <inheritdoc/>
    public async Task<bool> Terminate(string instanceId, string? reason, CancellationToken ct = default)
    {
        if (!await IsOpen(instanceId, ct))
            return false;
        await client.TerminateInstanceAsync(instanceId, new TerminateInstanceOptions(reason ?? ""), ct);
        await Until(instanceId, state => state.HasEnded, ct);
        // The platform's host does not pass it on to what the instance has called.
        foreach (var called in await CalledBy(instanceId, ct))
            await Terminate(called, reason, ct);
        return true;
    }

    /// <inheritdoc/>
    public async Task<bool> Purge(string instanceId, CancellationToken ct = default) =>
        await Find(instanceId, ct) is { HasEnded: true } && (await client.PurgeInstanceAsync(instanceId, ct)).PurgedInstanceCount > 0;

    /// <inheritdoc/>
    public async Task<InstanceState?> Find(string instanceId, CancellationToken ct = default) =>
        await client.GetInstanceAsync(instanceId, getInputsAndOutputs: true, ct) is { } found ? StateOf(found) : null;

    /// <inheritdoc/>
    public async IAsyncEnumerable<InstanceState> List(InstanceFilter filter, [EnumeratorCancellation] CancellationToken ct = default)
    {
        var found = new List<InstanceState>();
        await foreach (var instance in Query(filter.Prefix).WithCancellation(ct))
            found.Add(StateOf(instance));
        // The platform's prefix has no case, and its order is its own.
        foreach (var state in found.OrderBy(s => s.InstanceId, StringComparer.Ordinal))
            if (state.InstanceId.StartsWith(filter.Prefix, StringComparison.Ordinal) && filter.Statuses?.Contains(state.Status) != false)
                yield return state;
    }

    /// <inheritdoc/>
    public async Task<InstanceState> WaitForEnd(string instanceId, CancellationToken ct = default) =>
        await Find(instanceId, ct) is null
            ? throw new KeyNotFoundException($"There is no instance '{instanceId}'.")
            : StateOf(await client.WaitForInstanceCompletionAsync(instanceId, getInputsAndOutputs: true, ct));

    private async Task<bool> IsOpen(string instanceId, CancellationToken ct) => await Find(instanceId, ct) is { HasEnded: false };

    private async Task<List<string>> CalledBy(string instanceId, CancellationToken ct)
    {
        var called = new List<string>();
        await foreach (var instance in Query("").WithCancellation(ct))
            if (Json(instance.SerializedInput)?.Deserialize<OrchestrationInput>(DurableJson.Options)?.Parent == instanceId)
                called.Add(instance.InstanceId);
        return called;
    }

    private AsyncPageable<OrchestrationMetadata> Query(string prefix) =>
        client.GetAllInstancesAsync(
            new OrchestrationQuery { InstanceIdPrefix = prefix.Length == 0 ? null : prefix, FetchInputsAndOutputs = true }
        );

    private async Task Until(string instanceId, Func<InstanceState, bool> isSo, CancellationToken ct)
    {
        while (await Find(instanceId, ct) is { } state && !isSo(state))
            await Task.Delay(Look, time, ct);
    }

    private static InstanceState StateOf(OrchestrationMetadata found)
    {
        var status = StatusOf(found.RuntimeStatus);
        return new InstanceState(
            found.InstanceId,
            found.Name,
            status,
            found.CreatedAt,
            found.LastUpdatedAt,
            Json(found.SerializedCustomStatus),
            status == InstanceStatus.Completed ? Json(found.SerializedOutput) : null,
            status switch
            {
                InstanceStatus.Failed => PlatformFailure.Read(found.FailureDetails),
                InstanceStatus.Terminated => new TaskFailure(TerminatedType, Json(found.SerializedOutput)?.GetString() ?? ""),
                _ => null,
            }
        );
    }

    private static InstanceStatus StatusOf(OrchestrationRuntimeStatus status) =>
        status switch
        {
            OrchestrationRuntimeStatus.Pending => InstanceStatus.Pending,
            OrchestrationRuntimeStatus.Suspended => InstanceStatus.Suspended,
            OrchestrationRuntimeStatus.Completed => InstanceStatus.Completed,
            OrchestrationRuntimeStatus.Failed => InstanceStatus.Failed,
            OrchestrationRuntimeStatus.Terminated => InstanceStatus.Terminated,
            _ => InstanceStatus.Running,
        };

    private static JsonElement? Json(string? text) => text is null ? null : JsonSerializer.Deserialize<JsonElement>(text);
}
