using System.ComponentModel;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using ServerlessHub.Pipelines.Definitions;
using ServerlessHub.Pipelines.Running;
using ServerlessHub.Streams.Running;
using ServerlessHub.Streams.Verification;

namespace ServerlessHub.Api.Documents;

/// <summary><c>/api/streams</c>: the streams.</summary>
internal static class StreamEndpoints
{
    public static void Map(IEndpointRouteBuilder api)
    {
        var streams = api.MapGroup("/streams").WithTags("streams");
        streams
            .MapGet("/", List)
            .WithName("listStreams")
            .WithSummary("The streams.")
            .WithDescription("All streams of the hub, or those of one application.");
        var stream = streams.MapGroup("/{app}/{layer}/{id}").ProducesProblem(StatusCodes.Status404NotFound);
        stream
            .MapGet("/", Show)
            .WithName("getStream")
            .WithSummary("A stream: its document, source and tables.")
            .WithDescription(
                "The document as it is now, where its events come from, the tables it writes with their columns and where these come from, what it sends on, and what validation finds."
            );
        stream
            .MapPost("/validate", Validate)
            .WithName("validateStream")
            .WithSummary("Validates a stream.")
            .WithDescription("Checks the document and all that it names. Reads no event.");
        stream
            .MapGet("/verification", Verify)
            .WithName("verifyStream")
            .WithSummary("Whether each event of a stream is there once.")
            .WithDescription(
                "Proves from logs and tables, phase by phase, that no event is lost or doubled. Reads all of them, which takes its time; the stream may run meanwhile."
            )
            .ProducesProblem(StatusCodes.Status422UnprocessableEntity);
    }

    private static Ok<DocumentListOutput> List(HubRoot root, [Description("Those of this application only.")] string? app = null) =>
        TypedResults.Ok(
            new DocumentListOutput([
                .. root.Documents(DocumentKind.Stream)
                    .Where(d => app is null || d.Address.App == app)
                    .Select(d => DocumentOutput.Of(root, d)),
            ])
        );

    private static Ok<StreamDetailsOutput> Show(
        HubRoot root,
        [Description("The application.")] string app,
        [Description("The layer.")] string layer,
        [Description("The stream.")] string id
    )
    {
        var document = NamedDocument.Find(root, DocumentKind.Stream, app, id, layer);
        var file = DocumentFile.ReadOrThrow(root, document);
        using var validator = new StreamValidator(root);
        var (stream, plan, _, findings) = validator.Validate(file);
        return TypedResults.Ok(
            new StreamDetailsOutput(
                DocumentOutput.Of(document, file, stream?.Version, stream?.Metadata, stream?.IsSound == true),
                file.Text,
                stream?.Ingest is { } ingest ? StreamEndOutput.Of(ingest.Source) : null,
                [.. (plan?.Tables ?? []).Select(StreamTableOutput.Of)],
                plan is null ? [] : PublicationOutput.Of(plan),
                ValidationOutput.Of(findings).Findings
            )
        );
    }

    private static Ok<ValidationOutput> Validate(
        HubRoot root,
        [Description("The application.")] string app,
        [Description("The layer.")] string layer,
        [Description("The stream.")] string id
    )
    {
        var document = NamedDocument.Find(root, DocumentKind.Stream, app, id, layer);
        var findings = new Diagnostics();
        if (DocumentFile.Read(root, document, findings) is { } file)
        {
            using var validator = new StreamValidator(root);
            findings.AddRange(validator.Validate(file).Findings);
        }
        return TypedResults.Ok(ValidationOutput.Of(findings));
    }

    private static Ok<StreamVerificationOutput> Verify(
        HubRoot root,
        [Description("The application.")] string app,
        [Description("The layer.")] string layer,
        [Description("The stream.")] string id,
        CancellationToken cancellation
    )
    {
        var stream = StreamFile.Read(root, NamedDocument.Find(root, DocumentKind.Stream, app, id, layer));
        return TypedResults.Ok(StreamVerificationOutput.Of(stream, StreamVerification.Run(root, stream, ct: cancellation)));
    }
}
