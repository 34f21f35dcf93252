using ServerlessHub.Orchestrations.Jobs;

namespace ServerlessHub.Orchestrations.Notifications;

/// <summary>Something that happened to a run of a job, or to the files that should start one, as people and programs outside are told of it. It holds no data and no secret.</summary>
public sealed record Notification
{
    /// <summary>Its id: the same however often it is delivered, so that whoever gets it twice knows.</summary>
    public required string Id { get; init; }

    /// <summary>What happened; <see cref="Occasion.Completion"/> is an end that is neither success nor failure, such as cancelled.</summary>
    public required Occasion Kind { get; init; }

    /// <summary>The job's application.</summary>
    public required string App { get; init; }

    /// <summary>The job's layer.</summary>
    public required string Layer { get; init; }

    /// <summary>The job's id.</summary>
    public required string Job { get; init; }

    /// <summary>The run; null where there is none yet.</summary>
    public string? RunId { get; init; }

    /// <summary>Where the run stands, as the history has it: <c>Running</c>, <c>Completed</c>, <c>Failed</c> and so on; null without a run.</summary>
    public string? Status { get; init; }

    /// <summary>When it happened.</summary>
    public required DateTimeOffset When { get; init; }

    /// <summary>How long the run has taken until then, in seconds.</summary>
    public double? Seconds { get; init; }

    /// <summary>When the run had to be done; null without a promise.</summary>
    public DateTimeOffset? Due { get; init; }

    /// <summary>When the run will likely be done, by what earlier runs took; null where nothing is predicted.</summary>
    public DateTimeOffset? Expected { get; init; }

    /// <summary>What went wrong.</summary>
    public string? Error { get; init; }

    /// <summary>What to do about it.</summary>
    public string? Hint { get; init; }

    /// <summary>What failures of one cause have in common.</summary>
    public string? Fingerprint { get; init; }

    /// <summary>The nodes that failed.</summary>
    public IReadOnlyList<string> FailedNodes { get; init; } = [];

    /// <summary>Where the run can be looked at; null where the hub has no address.</summary>
    public Uri? Link { get; init; }

    /// <summary>How often the same cause was seen, and not told, since it was told last.</summary>
    public int Repeats { get; init; }

    /// <summary>The id of what is told once of a run.</summary>
    public static string IdOf(string runId, Occasion kind) => $"{runId}.{kind.ToString().ToLowerInvariant()}";
}
