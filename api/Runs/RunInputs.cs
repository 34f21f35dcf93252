using System.Text.Json;
using ServerlessHub.Orchestrations.Runs;

namespace ServerlessHub.Api.Runs;

/// <summary>How a run is cancelled.</summary>
/// <param name="Stop">Whether what runs is stopped, rather than let finish.</param>
public sealed record CancelInput(bool Stop = false);

/// <summary>How a run is done again.</summary>
/// <param name="Mode">What of it.</param>
/// <param name="From">The node from which on, for the mode <c>from</c>.</param>
/// <param name="Latest">Whether with the documents as they are now, rather than as they were.</param>
/// <param name="Parameters">Parameters that are others than those of the run, by name.</param>
public sealed record RerunInput(
    RerunMode Mode = RerunMode.Failed,
    string? From = null,
    bool Latest = false,
    IReadOnlyDictionary<string, JsonElement>? Parameters = null
);

/// <summary>A decision on an approval.</summary>
/// <param name="Approved">Whether the job may go on.</param>
/// <param name="Reason">Why; it is kept with the run.</param>
public sealed record DecisionInput(bool? Approved = null, string? Reason = null);
