using System.Net.ServerSentEvents;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace ServerlessHub.Api.Runs;

/// <summary>
/// The changes of a run as server-sent events (https://html.spec.whatwg.org/multipage/server-sent-events.html). While nothing changes a comment goes out
/// now and then, so that nothing between the hub and its reader takes the connection to be dead.
/// </summary>
internal sealed class RunEventStream(IAsyncEnumerable<SseItem<RunChange>?> changes) : IResult
{
    /// <summary>The media type of what is written.</summary>
    public const string ContentType = "text/event-stream";

    private static readonly byte[] Comment = ":\n\n"u8.ToArray();

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var response = httpContext.Response;
        response.ContentType = ContentType;
        response.Headers.CacheControl = "no-cache,no-store";
        httpContext.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
        var json = httpContext.RequestServices.GetRequiredService<IOptions<JsonOptions>>().Value.SerializerOptions;
        await foreach (var change in changes.WithCancellation(httpContext.RequestAborted))
        {
            await response.Body.WriteAsync(change is { } item ? Bytes(item, json) : Comment, httpContext.RequestAborted);
            await response.Body.FlushAsync(httpContext.RequestAborted);
        }
    }

    // JSON as it is written here has no line ends, which would end the data.
    private static byte[] Bytes(SseItem<RunChange> item, JsonSerializerOptions json) =>
        [
            .. "event: "u8,
            .. System.Text.Encoding.UTF8.GetBytes(item.EventType),
            .. "\ndata: "u8,
            .. JsonSerializer.SerializeToUtf8Bytes(item.Data, json),
            .. "\nid: "u8,
            .. System.Text.Encoding.UTF8.GetBytes(item.EventId!),
            .. "\n\n"u8,
        ];
}
