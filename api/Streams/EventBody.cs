using System.Text.Json;
using Microsoft.AspNetCore.Http;
using ServerlessHub.Api.Problems;
using ServerlessHub.Streams.Sources;

namespace ServerlessHub.Api.Streams;

/// <summary>Takes the events out of a request: one JSON object, or a list of them, each kept as it was sent.</summary>
internal static class EventBody
{
    /// <summary>The most bytes that a request may have.</summary>
    public const int Largest = 30_000_000;

    private const string Batch = "application/cloudevents-batch";
    private const string OneOfBatch = "application/cloudevents";

    /// <summary>Reads a request to its end.</summary>
    /// <exception cref="ApiException">It is too large, no JSON, or holds something else than objects.</exception>
    public static async Task<IReadOnlyList<IncomingEvent>> Read(HttpRequest request, CancellationToken ct)
    {
        var body = await ReadAll(request, ct);
        var headers = Headers(request);
        return [.. Split(body).Select(value => new IncomingEvent(value, headers))];
    }

    private static async Task<byte[]> ReadAll(HttpRequest request, CancellationToken ct)
    {
        if (request.ContentLength > Largest)
            throw TooLarge();
        var body = new MemoryStream();
        var buffer = new byte[81_920];
        int read;
        while ((read = await request.Body.ReadAsync(buffer, ct)) > 0)
        {
            body.Write(buffer, 0, read);
            if (body.Length > Largest)
                throw TooLarge();
        }
        return body.ToArray();
    }

    private static List<ReadOnlyMemory<byte>> Split(byte[] body)
    {
        var events = new List<ReadOnlyMemory<byte>>();
        var reader = new Utf8JsonReader(body, new JsonReaderOptions { MaxDepth = 512 });
        try
        {
            reader.Read();
            var isList = reader.TokenType == JsonTokenType.StartArray;
            while (!isList || (reader.Read() && reader.TokenType != JsonTokenType.EndArray))
            {
                if (reader.TokenType != JsonTokenType.StartObject)
                    throw ApiException.BadRequest($"event {events.Count + 1} is no JSON object", "send an object, or a list of objects");
                var start = (int)reader.TokenStartIndex;
                reader.Skip();
                events.Add(body.AsMemory(start, (int)reader.BytesConsumed - start));
                if (!isList)
                    break;
            }
            if (reader.Read())
                throw ApiException.BadRequest("something follows the events", "send one object, or one list of objects");
        }
        catch (JsonException e)
        {
            throw ApiException.BadRequest($"the request is no JSON: {e.Message}", "send an object, or a list of objects");
        }
        return events.Count > 0
            ? events
            : throw ApiException.BadRequest("the request holds no event", "send an object, or a list of objects");
    }

    /// <summary>What is kept of the request's headers: what the events are, and the attributes of a CloudEvent that are beside it, by Kafka's names for them.</summary>
    private static byte[] Headers(HttpRequest request)
    {
        var kept = new Dictionary<string, string>();
        if (request.ContentType is { } type)
            kept["content-type"] = type.StartsWith(Batch, StringComparison.OrdinalIgnoreCase) ? OneOfBatch + type[Batch.Length..] : type;
        foreach (var header in request.Headers)
            if (CloudEventHeader.NameOf(header.Key) is { } attribute)
                kept[$"ce_{attribute}"] = CloudEventHeader.Decode(header.Key, header.Value.ToString());
        return kept.Count == 0 ? [] : JsonSerializer.SerializeToUtf8Bytes(kept);
    }

    private static ApiException TooLarge() =>
        new(StatusCodes.Status413PayloadTooLarge, $"a request may have {Largest} bytes at most", "send the events in several requests");
}
