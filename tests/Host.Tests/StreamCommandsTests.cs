using System.Text;
using System.Text.Json;
using ServerlessHub.Engine;
using ServerlessHub.Lake;
using ServerlessHub.Pipelines.Definitions;
using ServerlessHub.Pipelines.Running;
using ServerlessHub.Streams.Events;
using ServerlessHub.Streams.Processing;
using ServerlessHub.Streams.Running;

namespace ServerlessHub.Host.Tests;

/// <summary>Commands about streams, on a stream that is fed by hand.</summary>
public sealed class StreamCommandsTests : IDisposable
{
    private readonly TemporaryHub hub = new();

    public StreamCommandsTests() => Document(key: "id");

    public void Dispose() => hub.Dispose();

    [Fact]
    public void A_stream_that_has_lost_nothing_is_proven()
    {
        Feed(0, """{"id": 1, "day": "2026-01-01"}""", "no JSON", """{"id": 2, "day": "2026-01-02"}""");

        var (code, output, _) = Hub("streams", "verify", "visits");
        var proof = Json(Hub("streams", "verify", "visits", "--json").Output);

        Assert.Equal(ExitCode.Done, code);
        Assert.Contains("✓ visits/0: each offset is there once  3 events, 1 of them dead letters", output, StringComparison.Ordinal);
        Assert.True(proof.GetProperty("isProven").GetBoolean());
        Assert.Equal("shop/staging/visits", proof.GetProperty("stream").GetString());
        Assert.All(proof.GetProperty("checks").EnumerateArray(), c => Assert.True(c.GetProperty("isProven").GetBoolean()));
    }

    [Fact]
    public void A_row_that_is_gone_is_found_and_said()
    {
        Feed(0, """{"id": 1}""", """{"id": 2}""", """{"id": 3}""");
        Delete("visits", "id = 2");

        var (code, output, _) = Hub("streams", "verify", "visits");

        Assert.Equal(ExitCode.Failed, code);
        Assert.Contains(
            "✗ events in = rows + dead letters + events that came before  3 = 2 + 0 + 0; 1 are missing",
            output,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void The_check_of_a_whole_hub_root_finds_it_too()
    {
        Feed(0, """{"id": 1}""", """{"id": 2}""", """{"id": 3}""");
        Assert.Equal(ExitCode.Done, Hub("verify").Code);
        Delete("visits", "id = 2");

        var (code, output, _) = Hub("verify", "--json");

        Assert.Equal(ExitCode.Failed, code);
        var finding = Assert.Single(Json(output).GetProperty("findings").EnumerateArray());
        Assert.Equal("streams", finding.GetProperty("check").GetString());
        Assert.Contains("1 are missing", finding.GetProperty("problem").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Nothing_is_wrong_with_a_stream_that_has_read_nothing()
    {
        var (code, output, _) = Hub("streams", "verify", "visits");

        Assert.Equal(ExitCode.Done, code);
        Assert.Equal("shop/staging/visits has read nothing yet\n", output);
    }

    [Fact]
    public void Dead_letters_that_the_corrected_document_takes_become_rows()
    {
        Feed(0, """{"id": 1, "day": "a"}""", """{"day": "b"}""", """{"other": "c"}""");
        Document(key: "day");

        var (code, dry, _) = Hub("streams", "redrive", "visits", "--dry-run");
        var done = Json(Hub("streams", "redrive", "visits", "--reason", "no id", "--partition", "visits/0", "--json").Output);
        var again = Hub("streams", "redrive", "visits").Output;

        Assert.Equal(ExitCode.Done, code);
        Assert.StartsWith("would be redriven  1 of 2 dead letters of shop/staging/visits\n", dry, StringComparison.Ordinal);
        Assert.Equal((2, 1), (done.GetProperty("letters").GetInt32(), done.GetProperty("redriven").GetInt32()));
        Assert.Equal("it has no day", done.GetProperty("dead")[0].GetProperty("reason").GetString());
        Assert.StartsWith("redriven  0 of 1 dead letters", again, StringComparison.Ordinal);
        Assert.Equal(ExitCode.Done, Hub("streams", "verify", "visits").Code);
    }

    [Fact]
    public void A_replay_shows_what_is_wrong_with_the_tables_and_mends_it()
    {
        Feed(0, """{"id": 1}""", """{"id": 2}""", """{"id": 3}""");
        Delete("visits", "id = 2");

        var (code, output, _) = Hub("streams", "replay", "visits", "--from-raw", "--compare");
        var compared = Json(Hub("streams", "replay", "visits", "--compare", "--json").Output).GetProperty("tables")[0];
        var part = Hub("streams", "replay", "visits", "--from-offset", "visits/0:1");
        var swapped = Hub("streams", "replay", "visits", "--swap");

        Assert.Equal(ExitCode.Done, code);
        Assert.Contains("shop.staging.visits", output, StringComparison.Ordinal);
        Assert.Contains("the replay stands beside the stream's tables  shop/staging/visits", output, StringComparison.Ordinal);
        Assert.Equal(
            """{"added":1,"removed":0,"changed":0}""",
            JsonSerializer.Serialize(compared.GetProperty("difference").GetProperty("counts"))
        );
        Assert.Equal(ExitCode.Failed, part.Code);
        Assert.Contains("has another replay", part.Error, StringComparison.Ordinal);
        Assert.Equal("the replay is in place  shop/staging/visits\n", swapped.Output);
        Assert.Equal(ExitCode.Done, Hub("streams", "verify", "visits").Code);
    }

    [Theory]
    [InlineData("it is not said from where", "replay", "visits")]
    [InlineData("it is said more than once", "replay", "visits", "--from-raw", "--from-time", "2026-01-01")]
    [InlineData("'visits' is no offset of a partition", "replay", "visits", "--from-offset", "visits")]
    [InlineData("'visits' is no partition of a source", "redrive", "visits", "--partition", "visits")]
    public void What_cannot_be_meant_is_refused(string message, params string[] args)
    {
        var (code, _, error) = Hub(["streams", .. args]);

        Assert.Equal(ExitCode.Usage, code);
        Assert.Contains(message, error, StringComparison.Ordinal);
    }

    private void Document(string key) =>
        hub.Write(
            "config/applications/shop/staging/streams/visits.xml",
            $"""
            <stream id="visits" version="1.0" layer="staging">
              <ingest table="visits_raw"><kafka bootstrapServers="broker:9092" topic="visits"/></ingest>
              <flatten root="visits" key="{key}"/>
            </stream>
            """
        );

    private void Feed(long first, params string[] events)
    {
        var root = new HubRoot(hub.Path);
        using var processor = new StreamProcessor(root, StreamFile.Read(root, root.Document(DocumentKind.Stream, "visits")));
        var batch = new EventBatch();
        foreach (var (text, i) in events.Select((e, i) => (e, i)))
            batch.Add(
                new("visits", 0),
                new StreamEvent
                {
                    Offset = first + i,
                    EnqueuedAt = 1_800_000_000_000_000 + i,
                    Value = Encoding.UTF8.GetBytes(text),
                    HasValue = true,
                }
            );
        Assert.True(processor.ProcessBatch(batch).IsCommitted);
    }

    private void Delete(string table, string condition)
    {
        using var database = Database.Open();
        using var connection = database.Connect();
        using var change = new DeltaTable(new HubRoot(hub.Path).Storage, $"data/applications/shop/staging/{table}").StageDelete(
            connection,
            condition,
            new CommitOptions { TransactionId = "damage" }
        );
        Assert.IsType<CommitResult.Committed>(change.Commit());
    }

    private (ExitCode Code, string Output, string Error) Hub(params string[] args)
    {
        using var terminal = new RecordedTerminal();
        var code = CommandLine.Run([.. args, "--root", hub.Path], terminal.Terminal, CancellationToken.None);
        return (code, terminal.Output, terminal.Error);
    }

    private static JsonElement Json(string text) => JsonDocument.Parse(text).RootElement;
}
