using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text.Json;
using ServerlessHub.Pipelines.Connectors;
using ServerlessHub.Streams.Definitions;

namespace ServerlessHub.Streams.Polling;

/// <summary>The events of an answer, each as it was sent, and what the answer says of how to go on.</summary>
internal sealed class PollPage : IDisposable
{
    /// <summary>As deep as an event may be that comes by HTTP.</summary>
    private const int MaxDepth = 512;

    private static readonly byte[] Mark = [0xEF, 0xBB, 0xBF];

    private readonly JsonDocument? _answer;
    private readonly JsonElement[] _events = [];

    private PollPage() { }

    private PollPage(JsonDocument answer, JsonElement[] events) => (_answer, _events) = (answer, events);

    /// <summary>A page without events.</summary>
    public static PollPage Empty { get; } = new();

    /// <summary>How many events there are.</summary>
    public int Count => _events.Length;

    /// <summary>The highest value of the cursor's member in the events; null where none has it.</summary>
    public string? Highest { get; private init; }

    /// <summary>The cursor of the next page; null where there is none.</summary>
    public string? NextCursor { get; private init; }

    /// <summary>The bytes of an event.</summary>
    public ReadOnlySpan<byte> this[int index] => JsonMarshal.GetRawUtf8Value(_events[index]);

    /// <summary>Reads an answer.</summary>
    /// <exception cref="RunException">It is no JSON, or has nothing where events should be.</exception>
    public static PollPage Read(PollResponse response, PollDefinition poll)
    {
        if (response.Body.IsEmpty)
            return Empty;
        var answer = Parse(response, poll);
        try
        {
            if (At(answer.RootElement, poll.EventsPath) is not { } place)
                throw new RunException(
                    $"the answer of {poll.Address} has nothing at {PathOf(poll.EventsPath)}",
                    "correct eventsPath: it leads to the list of events"
                );
            JsonElement[] events = place.ValueKind switch
            {
                JsonValueKind.Array => [.. place.EnumerateArray()],
                JsonValueKind.Null => [],
                _ => [place],
            };
            return new(answer, events)
            {
                Highest =
                    poll.Cursor == PollCursor.Highest
                        ? events.Select(e => Text(At(e, poll.CursorPath))).Aggregate((string?)null, PollCursors.Higher)
                        : null,
                NextCursor = poll.Paging == PollPaging.Cursor ? Text(At(answer.RootElement, poll.NextPath)) : null,
            };
        }
        catch
        {
            answer.Dispose();
            throw;
        }
    }

    /// <summary>By what a page with the very same events is known again.</summary>
    public string Fingerprint()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        for (var i = 0; i < Count; i++)
            hash.AppendData(this[i]);
        return Convert.ToHexStringLower(hash.GetHashAndReset()[..16]);
    }

    /// <inheritdoc/>
    public void Dispose() => _answer?.Dispose();

    private static JsonDocument Parse(PollResponse response, PollDefinition poll)
    {
        var body = response.Body.Span.StartsWith(Mark) ? response.Body[Mark.Length..] : response.Body;
        try
        {
            return JsonDocument.Parse(body, new JsonDocumentOptions { MaxDepth = MaxDepth });
        }
        catch (JsonException e)
        {
            throw new RunException(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"the answer of {poll.Address} is no JSON, from line {e.LineNumber + 1}, byte {e.BytePositionInLine + 1} on; it calls itself {response.ContentType ?? "nothing"}"
                ),
                "look what the address answers: a page to sign in is none",
                inner: e
            );
        }
    }

    private static JsonElement? At(JsonElement element, IReadOnlyList<string> path)
    {
        foreach (var name in path)
            if (element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var member))
                element = member;
            else
                return null;
        return element;
    }

    private static string? Text(JsonElement? value) =>
        value?.ValueKind switch
        {
            JsonValueKind.String => value.Value.GetString() is { Length: > 0 } text ? text : null,
            JsonValueKind.Number => value.Value.GetRawText(),
            _ => null,
        };

    private static string PathOf(IReadOnlyList<string> names) => $"${string.Concat(names.Select(name => $".{name}"))}";
}
