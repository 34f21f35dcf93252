using ServerlessHub.Orchestrations.Runs;
using ServerlessHub.Pipelines.Running;

namespace ServerlessHub.Orchestrations.Starting;

/// <summary>A run that something wants to start.</summary>
public sealed record StartRequest
{
    /// <summary>What the document is.</summary>
    public required DocumentKind Kind { get; init; }

    /// <summary>The document.</summary>
    public required DocumentAddress Document { get; init; }

    /// <summary>The run's id. What a schedule, a file or a table starts has an id made of that, so that starting it twice is starting it once.</summary>
    public required string RunId { get; init; }

    /// <summary>What the run is given, in text form.</summary>
    public IReadOnlyDictionary<string, string> Parameters { get; init; } = new Dictionary<string, string>();

    /// <summary>What started it, and who.</summary>
    public required RunTrigger Trigger { get; init; }

    /// <summary>The day whose data it is for; null where none is known.</summary>
    public DateOnly? BusinessDate { get; init; }

    /// <summary>The lane in which it runs.</summary>
    public RunLane Lane { get; init; }

    /// <summary>The backfill that it belongs to; null for none.</summary>
    public string? BackfillId { get; init; }
}

/// <summary>Starts a run, durably: when it returns, the run goes on without whoever called. An id that was started before is left as it is.</summary>
/// <exception cref="IOException">Whether it was started is open; it is asked again with the same id.</exception>
public delegate Task<StartOutcome> StartRun(StartRequest request, CancellationToken ct);
