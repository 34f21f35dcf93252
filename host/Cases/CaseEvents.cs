using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using ServerlessHub.Streams.Events;

namespace ServerlessHub.Host.Cases;

/// <summary>
/// The events of a stream's case: the lines of <c>events.jsonl</c>, and of <c>events.2.jsonl</c> and so on, each file a batch. A line is the event, and
/// may hold where it comes from in members of its own, which the event does not have then.
/// </summary>
/// <param name="folder">The case's folder.</param>
/// <param name="topic">The topic of events that name none.</param>
/// <param name="moment">When the source took events that do not say it.</param>
internal sealed class CaseEvents(string folder, string topic, DateTimeOffset moment)
{
    private static readonly JsonSerializerOptions AsWritten = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly Dictionary<SourcePartition, long> _next = [];

    /// <summary>The batches, one after the other.</summary>
    /// <exception cref="CommandException">A line is not as it should be, or there are no events.</exception>
    public IEnumerable<EventBatch> Batches()
    {
        for (var number = 1; ; number++)
        {
            var file = Path.Combine(folder, number == 1 ? "events.jsonl" : $"events.{number}.jsonl");
            if (!File.Exists(file) && number == 1)
                throw CommandException.NotFound($"there is no {file}", "its lines are the events that the stream reads");
            if (!File.Exists(file))
                yield break;
            yield return Read(file);
        }
    }

    private EventBatch Read(string file)
    {
        var batch = new EventBatch();
        var line = 0;
        foreach (var text in File.ReadLines(file))
            try
            {
                line++;
                if (text.Length > 0)
                    Add(batch, text);
            }
            catch (Exception e) when (e is InvalidOperationException or FormatException or ArgumentException)
            {
                throw new CommandException(ExitCode.Invalid, $"{file}:{line}: {e.Message}", "hub test --help says what a line may hold");
            }
        return batch;
    }

    private void Add(EventBatch batch, string line)
    {
        var said = Parse(line);
        var partition = new SourcePartition(Take<string>(said, "_topic") ?? topic, Take<int?>(said, "_partition") ?? 0);
        var offset = Take<long?>(said, "_offset") ?? _next.GetValueOrDefault(partition);
        _next[partition] = offset + 1;
        var enqueued = Take<string>(said, "_enqueued_at") is { } text ? DateTimeOffset.Parse(text, CultureInfo.InvariantCulture) : moment;
        var key = Take<string>(said, "_key");
        var value = line;
        if (said?.ContainsKey("_value") == true)
            value = Take<string>(said, "_value");
        else if (said is not null)
            value = said.ToJsonString(AsWritten);
        batch.Add(
            partition,
            new StreamEvent
            {
                Offset = offset,
                EnqueuedAt = (enqueued - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond,
                Value = Encoding.UTF8.GetBytes(value ?? ""),
                HasValue = value is not null,
                Key = Encoding.UTF8.GetBytes(key ?? ""),
                HasKey = key is not null,
            }
        );
    }

    /// <summary>The line as an object that says where its event comes from; null where it is the event as it stands.</summary>
    private static JsonObject? Parse(string line)
    {
        if (!line.Contains("\"_", StringComparison.Ordinal))
            return null;
        try
        {
            return JsonNode.Parse(line) as JsonObject;
        }
        catch (JsonException)
        {
            // It is an event that is malformed.
            return null;
        }
    }

    private static T? Take<T>(JsonObject? said, string member) =>
        said is not null && said.Remove(member, out var value) && value is not null ? value.GetValue<T>() : default;
}
