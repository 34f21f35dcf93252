using System.ComponentModel;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using ServerlessHub.Api.Documents;
using ServerlessHub.Api.Problems;
using ServerlessHub.Pipelines.Running;
using ServerlessHub.Streams.Running;

namespace ServerlessHub.Api.Streams;

/// <summary><c>/api/events</c>: events for streams.</summary>
internal static class EventEndpoints
{
    private const string Description = """
        A JSON object is one event, a list of objects is as many; a CloudEvent is taken in its structured, batched or binary form, whose attributes are kept as
        the headers `ce_…` of Kafka's binding, also in a topic. The answer comes once all of them
        are durable: in the stream's raw table where its source is `http`, in its topic or event hub where it reads one. After any other answer, or none, they are
        to be sent again; where the stream names an `eventId`, none counts twice.
        """;

    public static void Map(IEndpointRouteBuilder api)
    {
        var events = api.MapGroup("/events").WithTags("streams");
        Describe(events.MapPost("/{stream}", PostById))
            .WithName("sendEventsById")
            .WithSummary("Hands events in to a stream that its id names alone.");
        Describe(events.MapPost("/{app}/{layer}/{stream}", Post)).WithName("sendEvents").WithSummary("Hands events in to a stream.");
    }

    private static RouteHandlerBuilder Describe(RouteHandlerBuilder endpoint) =>
        endpoint
            .WithDescription(Description)
            .Accepts<JsonElement>("application/json", "application/cloudevents+json", "application/cloudevents-batch+json")
            .Produces<EventsAcceptedOutput>(StatusCodes.Status202Accepted)
            .ProducesProblem(StatusCodes.Status404NotFound)
            .ProducesProblem(StatusCodes.Status413PayloadTooLarge)
            .ProducesProblem(StatusCodes.Status422UnprocessableEntity);

    private static async Task<Accepted<EventsAcceptedOutput>> PostById(
        HubRoot root,
        StreamHost streams,
        HttpRequest request,
        [Description("The stream.")] string stream,
        CancellationToken cancellationToken
    )
    {
        var found = root.Documents(DocumentKind.Stream).Where(d => d.Address.Id == stream).ToArray();
        var document = found.Length switch
        {
            1 => found[0],
            0 => throw ApiException.NotFound($"there is no stream '{stream}'", "GET /api/streams lists those that are there"),
            _ => throw ApiException.Conflict(
                $"{found.Length} streams are named '{stream}'",
                $"say which: {string.Join(" or ", found.Select(d => $"/api/events/{d.Address}"))}"
            ),
        };
        return await Accept(streams, document, request, cancellationToken);
    }

    private static Task<Accepted<EventsAcceptedOutput>> Post(
        HubRoot root,
        StreamHost streams,
        HttpRequest request,
        [Description("The application.")] string app,
        [Description("The layer.")] string layer,
        [Description("The stream.")] string stream,
        CancellationToken cancellationToken
    ) => Accept(streams, NamedDocument.Find(root, DocumentKind.Stream, app, stream, layer), request, cancellationToken);

    private static async Task<Accepted<EventsAcceptedOutput>> Accept(
        StreamHost streams,
        HubDocument document,
        HttpRequest request,
        CancellationToken ct
    )
    {
        var events = await EventBody.Read(request, ct);
        var receipt = await streams.Accept(document, events, ct);
        return TypedResults.Accepted(
            (string?)null,
            new EventsAcceptedOutput(events.Count, receipt.Topic, receipt.Partition, receipt.First, receipt.Last)
        );
    }
}

/// <summary>Events that were accepted: they are durable.</summary>
/// <param name="Accepted">How many.</param>
/// <param name="Topic">The topic they are in; <c>http</c> for a stream that takes them itself.</param>
/// <param name="Partition">Their partition; absent where the broker chose one for each.</param>
/// <param name="FirstOffset">The offset of the first one; absent where the broker chose it.</param>
/// <param name="LastOffset">The offset of the last one; the others lie between.</param>
public sealed record EventsAcceptedOutput(int Accepted, string Topic, int? Partition, long? FirstOffset, long? LastOffset);
