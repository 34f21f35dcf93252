using System.ComponentModel;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using ServerlessHub.Api.Access;
using ServerlessHub.Api.Documents;
using ServerlessHub.Api.Problems;
using ServerlessHub.Orchestrations;
using ServerlessHub.Orchestrations.Runs;
using ServerlessHub.Orchestrations.Starting;
using ServerlessHub.Pipelines.Definitions;
using ServerlessHub.Pipelines.Running;

namespace ServerlessHub.Api.Signals;

/// <summary><c>/api/signals</c>: the events that documents wait for, and raising them.</summary>
internal static class SignalEndpoints
{
    public static void Map(IEndpointRouteBuilder api)
    {
        var signals = api.MapGroup("/signals").WithTags("signals");
        signals
            .MapGet("/", List)
            .WithName("listSignals")
            .WithSummary("The events that documents wait for.")
            .WithDescription("Those of all applications, or of one, each with the jobs and pipelines that it starts.");
        signals
            .MapPost("/{app}/{name}", Raise)
            .WithName("raiseSignal")
            .WithSummary("Raises an event, which starts every document of the application that waits for it.")
            .WithDescription(
                "Answered when all runs have been started, which go on without the caller; where one of the documents cannot be started, none is. "
                    + "A run is given those of the parameters that its document declares. With an Idempotency-Key, asking again within a day gives the same runs."
            )
            .ProducesProblem(StatusCodes.Status404NotFound)
            .ProducesProblem(StatusCodes.Status409Conflict)
            .ProducesProblem(StatusCodes.Status422UnprocessableEntity);
    }

    private static Ok<SignalListOutput> List(DocumentStarts starts, [Description("Those of this application only.")] string? app = null) =>
        TypedResults.Ok(SignalListOutput.Of(starts.Events().Where(e => app is null || e.Document.App == app)));

    private static async Task<Accepted<SignalOutput>> Raise(
        JobHub hub,
        DocumentStarts starts,
        RequestKeys keys,
        HttpContext context,
        [Description("The application.")] string app,
        [Description("The event.")] string name,
        [FromHeader(Name = RequestKeys.Header), Description(RequestKeys.Description)] string? key = null,
        RunStartInput? input = null,
        CancellationToken cancellation = default
    )
    {
        var watches = Find(starts, app, name);
        var signal = new Signal(RunId.New(hub.Time), app, name, context.Caller().Name, hub.Time.GetUtcNow())
        {
            Parameters = ParameterTexts.Of(input?.Parameters),
            BusinessDate = input?.BusinessDate,
            IdempotencyKey = key,
        };
        if (key is not null)
        {
            var claim = await keys.Claim($"signal {app}/{name}", key, (input ?? new()).Asked(), signal.Id, cancellation);
            signal = signal with { Id = claim.RunId };
        }
        var runs = await new Orchestrations.Starting.Signals(hub).Raise(signal, watches, cancellation);
        return TypedResults.Accepted(
            "/api/runs?trigger=event",
            new SignalOutput(app, name, [.. runs.Select(id => hub.History.Find(id, cancellation)).OfType<JobRun>()])
        );
    }

    private static EventWatch[] Find(DocumentStarts starts, string app, string name)
    {
        var all = starts.Events();
        var found = all.Where(e => e.Document.App == app && e.Trigger.Name == name).ToArray();
        return found.Length > 0
            ? found
            : throw ApiException.NotFound(
                $"no document of '{app}' waits for the event '{name}'",
                NearestName.Hint(name, all.Where(e => e.Document.App == app).Select(e => e.Trigger.Name))
                    ?? "GET /api/signals lists those that are waited for"
            );
    }
}
