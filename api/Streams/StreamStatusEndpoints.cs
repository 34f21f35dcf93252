using System.ComponentModel;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using ServerlessHub.Api.Documents;
using ServerlessHub.Api.Schedules;
using ServerlessHub.Pipelines.Running;
using ServerlessHub.Streams.Running;

namespace ServerlessHub.Api.Streams;

/// <summary><c>/api/streams/{app}/{layer}/{id}/status</c>, and <c>pause</c> and <c>resume</c>.</summary>
internal static class StreamStatusEndpoints
{
    public static void Map(IEndpointRouteBuilder api)
    {
        var stream = api.MapGroup("/streams/{app}/{layer}/{id}").WithTags("streams").ProducesProblem(StatusCodes.Status404NotFound);
        stream
            .MapGet("/status", Status)
            .WithName("getStreamStatus")
            .WithSummary("How a stream is: its rate, how far it is behind, and how far each phase has come.")
            .WithDescription(
                "What this server does with it, of the partitions that it reads, and what the tables say, whoever writes them."
            )
            .ProducesProblem(StatusCodes.Status422UnprocessableEntity);
        stream
            .MapPost("/pause", Pause)
            .WithName("pauseStream")
            .WithSummary("Pauses a stream.")
            .WithDescription(
                "It reads nothing, in any process, until it is resumed. What comes meanwhile waits in its source, for as long as that keeps it."
            )
            .ProducesProblem(StatusCodes.Status422UnprocessableEntity);
        stream
            .MapPost("/resume", Resume)
            .WithName("resumeStream")
            .WithSummary("Lets a stream go on.")
            .WithDescription("It goes on from where its tables are.")
            .ProducesProblem(StatusCodes.Status422UnprocessableEntity);
    }

    private static Ok<StreamStatusOutput> Status(
        HubRoot root,
        StreamHost host,
        TimeProvider time,
        [Description("The application.")] string app,
        [Description("The layer.")] string layer,
        [Description("The stream.")] string id
    ) => TypedResults.Ok(Of(root, host, time, NamedDocument.Find(root, DocumentKind.Stream, app, id, layer)));

    private static Ok<StreamStatusOutput> Pause(
        HubRoot root,
        StreamHost host,
        TimeProvider time,
        HttpContext context,
        [Description("The application.")] string app,
        [Description("The layer.")] string layer,
        [Description("The stream.")] string id,
        PauseInput? input = null
    )
    {
        var document = NamedDocument.Find(root, DocumentKind.Stream, app, id, layer);
        new StreamControl(root, time).Pause(document.Address, context.Caller().Name, input?.Reason);
        return TypedResults.Ok(Of(root, host, time, document));
    }

    private static Ok<StreamStatusOutput> Resume(
        HubRoot root,
        StreamHost host,
        TimeProvider time,
        [Description("The application.")] string app,
        [Description("The layer.")] string layer,
        [Description("The stream.")] string id
    )
    {
        var document = NamedDocument.Find(root, DocumentKind.Stream, app, id, layer);
        new StreamControl(root, time).Resume(document.Address);
        return TypedResults.Ok(Of(root, host, time, document));
    }

    private static StreamStatusOutput Of(HubRoot root, StreamHost host, TimeProvider time, HubDocument document)
    {
        var (control, stream) = (new StreamControl(root, time), StreamFile.Read(root, document));
        return new(
            document.Address.ToString(),
            control.PauseOf(document.Address),
            host.Find(document.Address),
            control.Phases(stream),
            control.Publications(stream)
        );
    }
}

/// <summary>How a stream is.</summary>
/// <param name="Stream">The stream, <c>app/layer/id</c>.</param>
/// <param name="Paused">Who has paused it; absent if nobody has.</param>
/// <param name="Activity">What this process does with it; absent where it runs none.</param>
/// <param name="Phases">How far each phase has come, as the tables say.</param>
/// <param name="Publications">What was sent on of its summaries, and what waits.</param>
public sealed record StreamStatusOutput(
    string Stream,
    StreamPause? Paused,
    StreamActivity? Activity,
    IReadOnlyList<PhaseStatus> Phases,
    IReadOnlyList<PublicationStatus> Publications
);
