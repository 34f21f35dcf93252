using System.ComponentModel;
using Microsoft.AspNetCore.Mvc;
using ServerlessHub.Orchestrations.Runs;

namespace ServerlessHub.Api.Runs;

/// <summary>Which runs are meant: those to which all applies that is given.</summary>
internal sealed class RunQuery
{
    [FromQuery(Name = "app"), Description("The application.")]
    public string? App { get; init; }

    [FromQuery(Name = "job"), Description("The id of the job or pipeline.")]
    public string? Job { get; init; }

    [FromQuery(Name = "status"), Description("Where they stand; given more than once, one of these.")]
    public EnumName<JobStatus>[]? Status { get; init; }

    [FromQuery(Name = "trigger"), Description("What started them.")]
    public EnumName<TriggerKind>? Trigger { get; init; }

    [FromQuery(Name = "from"), Description("They were accepted at this time or later.")]
    public DateTimeOffset? From { get; init; }

    [FromQuery(Name = "until"), Description("They were accepted before this time.")]
    public DateTimeOffset? Until { get; init; }

    [FromQuery(Name = "error"), Description("A text in what failed, in any case.")]
    public string? Error { get; init; }

    [FromQuery(Name = "fingerprint"), Description("The fingerprint of what failed: the same for like failures.")]
    public string? Fingerprint { get; init; }

    [FromQuery(Name = "backfill"), Description("The backfill they belong to.")]
    public string? Backfill { get; init; }

    [FromQuery(Name = "parent"), Description("The job's run that they are a part of.")]
    public string? Parent { get; init; }

    /// <summary>The same for the history.</summary>
    public RunFilter ToFilter() =>
        new()
        {
            App = App,
            Job = Job,
            Statuses = Status is { Length: > 0 } ? [.. Status.Select(s => s.Value)] : null,
            Trigger = Trigger?.Value,
            From = From,
            Until = Until,
            ErrorText = Error,
            Fingerprint = Fingerprint,
            BackfillId = Backfill,
            ParentRunId = Parent,
        };
}
