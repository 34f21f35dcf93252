using ServerlessHub.Api.Problems;
using ServerlessHub.Orchestrations.Backfills;
using ServerlessHub.Pipelines.Running;

namespace ServerlessHub.Api.Backfills;

/// <summary>A wish to run a job or pipeline for each date of a range.</summary>
/// <param name="Job">The job, by its id or as <c>app/layer/id</c>.</param>
/// <param name="Pipeline">The pipeline, where none is meant to be a job.</param>
/// <param name="From">The first date.</param>
/// <param name="To">The last date.</param>
/// <param name="Scope">Which of the dates are run.</param>
/// <param name="NewestFirst">Whether the newest date runs first.</param>
/// <param name="MaxParallel">How many runs go on at a time; at least 1.</param>
/// <param name="Parameters">Parameters of all its runs beside <c>runDate</c>, by name.</param>
public sealed record BackfillRequest(
    string? Job = null,
    string? Pipeline = null,
    DateOnly? From = null,
    DateOnly? To = null,
    BackfillScope Scope = BackfillScope.Missing,
    bool NewestFirst = false,
    int MaxParallel = 1,
    IReadOnlyDictionary<string, string>? Parameters = null
)
{
    /// <summary>The same for the hub.</summary>
    /// <exception cref="ApiException">Something is missing, or there is no such document.</exception>
    internal BackfillWish ToWish(HubRoot root)
    {
        var kind = Pipeline is null ? DocumentKind.Job : DocumentKind.Pipeline;
        if ((Job ?? Pipeline) is not { Length: > 0 } name || (Job is not null && Pipeline is not null))
            throw ApiException.BadRequest("say what to run", "name a job, or a pipeline: its id, or app/layer/id");
        if (From is not { } from || To is not { } to)
            throw ApiException.BadRequest("say for which dates", "give 'from' and 'to', as 2026-01-31");
        var document = root.Find(kind, name) is [var one]
            ? one
            : throw ApiException.NotFound(
                $"'{name}' is not the name of one {kind.ToString().ToLowerInvariant()}",
                "name it as app/layer/id"
            );
        return new BackfillWish(kind, document.Address, from, to)
        {
            Scope = Scope,
            NewestFirst = NewestFirst,
            MaxParallel = MaxParallel,
            Parameters = Parameters ?? new Dictionary<string, string>(),
        };
    }
}
