using ServerlessHub.Orchestrations.Durable;
using ServerlessHub.Orchestrations.Orchestrators;
using ServerlessHub.Orchestrations.Runs;
using ServerlessHub.Pipelines.Connectors;
using ServerlessHub.Pipelines.Definitions;
using ServerlessHub.Pipelines.Running;

namespace ServerlessHub.Orchestrations.Starting;

/// <summary>
/// Raises events, which start the documents that wait for them. All starts are checked before the first is made, and made by an orchestration: once it is
/// there, no crash keeps one of them from being made.
/// </summary>
public sealed class Signals(JobHub hub)
{
    private static readonly string[] AlwaysGiven = ["runDate", "runTime"];

    private readonly JobStarter starter = new(hub);

    /// <summary>Raises an event, and returns when all that it starts has been started.</summary>
    /// <param name="signal">The event.</param>
    /// <param name="watches">The documents that wait for it.</param>
    /// <param name="ct">Ends the waiting; the runs may be started nevertheless.</param>
    /// <returns>The ids of the runs, the same again for a signal of the same id.</returns>
    /// <exception cref="InvalidDocumentException">A document cannot be started with these parameters; nothing was started.</exception>
    /// <exception cref="RunException">No document declares one of the parameters, or the storage fails.</exception>
    public async Task<IReadOnlyList<string>> Raise(Signal signal, IReadOnlyList<EventWatch> watches, CancellationToken ct)
    {
        var instance = SignalOrchestrator.InstanceId(signal.Id);
        if (await hub.Client.Find(instance, ct) is null)
        {
            CheckNames(signal, watches);
            var starts = watches.Select(watch => Request(signal, watch)).ToArray();
            foreach (var start in starts)
                starter.Check(start);
            await hub.Client.Start(SignalOrchestrator.Name, instance, new SignalInput(starts), ct);
        }
        return await hub.Client.WaitForEnd(instance, ct) is { Status: InstanceStatus.Completed, Output: { } output }
            ? output.EnumerateArray().Select(run => run.GetString()!).ToArray()
            : throw new RunException(
                $"not all that the event '{signal.Name}' starts could be started",
                "the server's log says why; raise it again",
                isTransient: true
            );
    }

    private static StartRequest Request(Signal signal, EventWatch watch) =>
        new()
        {
            Kind = watch.Kind,
            Document = watch.Document,
            RunId = DerivedRunId.Of(signal.At, "event", signal.Id, watch.Kind.ToString(), watch.Document.ToString()),
            Parameters = signal
                .Parameters.Where(p => watch.Parameters.Contains(p.Key) || AlwaysGiven.Contains(p.Key))
                .ToDictionary(p => p.Key, p => p.Value),
            Trigger = new RunTrigger(TriggerKind.Event, signal.By, signal.Name, IdempotencyKey: signal.IdempotencyKey),
            BusinessDate = signal.BusinessDate,
        };

    private static void CheckNames(Signal signal, IReadOnlyList<EventWatch> watches)
    {
        var declared = watches.SelectMany(watch => watch.Parameters).Concat(AlwaysGiven).Distinct().ToArray();
        if (signal.Parameters.Keys.FirstOrDefault(name => !declared.Contains(name)) is { } unknown)
            throw new RunException(
                $"nothing that the event '{signal.Name}' starts declares a parameter '{unknown}'",
                NearestName.Hint(unknown, declared) ?? $"it may be given: {string.Join(", ", declared)}"
            );
    }
}
