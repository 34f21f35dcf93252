using System.Net.Http.Headers;
using System.Text;
using ServerlessHub.Api.Streams;

namespace ServerlessHub.Api.Tests;

/// <summary>Events that are refused; those that are taken need a stream that runs.</summary>
public sealed class EventEndpointsTests(SharedHub shared) : IClassFixture<SharedHub>
{
    private readonly ApiHub hub = shared.Hub;

    [Theory]
    [InlineData("nonsense", "no JSON")]
    [InlineData("{\"a\":", "no JSON")]
    [InlineData("", "no JSON")]
    [InlineData("7", "event 1 is no JSON object")]
    [InlineData("[{},7]", "event 2 is no JSON object")]
    [InlineData("[]", "no event")]
    [InlineData("{} {}", "no JSON")]
    public async Task What_is_no_event_is_refused_and_it_says_why(string body, string why)
    {
        Stream("taken", "<http/>");
        var (status, answer) = await Send("taken", Encoding.UTF8.GetBytes(body));
        Assert.Equal(400, status);
        Assert.Contains(why, answer, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ce-subject", "Euro%20%E2%82%AC%20%f0%9f%98%80", "Euro € 😀")]
    [InlineData("CE-Subject", "\"say \\\"yes\\\" + 100%\"", "say \"yes\" + 100%")]
    public void The_attributes_of_a_cloud_event_are_what_their_headers_stand_for(string header, string value, string text)
    {
        Assert.Equal("subject", CloudEventHeader.NameOf(header));
        Assert.Equal(text, CloudEventHeader.Decode(header, value));
    }

    [Fact]
    public async Task An_attribute_that_is_no_UTF_8_is_refused()
    {
        Stream("taken", "<http/>");
        var (status, answer) = await Send("taken", "{}"u8.ToArray(), ("ce-subject", "%C0%A0"));
        Assert.Equal(400, status);
        Assert.Contains("the header ce-subject has percent-encoded bytes that are no UTF-8", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_too_large_is_refused()
    {
        Stream("taken", "<http/>");
        var (status, answer) = await Send("taken", Encoding.UTF8.GetBytes($"\"{new string('x', EventBody.Largest)}\""));
        Assert.Equal(413, status);
        Assert.Contains("several requests", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_stream_that_is_not_there_does_not_run_or_takes_none_is_told()
    {
        Stream("taken", "<http/>");
        Stream("filed", "<files path=\"landing/*.jsonl\"/>");
        Assert.Equal(404, (await Send("other", "{}"u8.ToArray())).Status);
        Assert.Equal(503, (await Send("taken", "{}"u8.ToArray())).Status);
        var (status, answer) = await Send("filed", "{}"u8.ToArray());
        Assert.Equal(422, status);
        Assert.Contains("takes no events over HTTP", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_stream_is_paused_and_resumed_and_says_so()
    {
        Stream("held", "<http/>");
        const string path = "/api/streams/shop/staging/held";
        var (status, paused) = await hub.Post($"{path}/pause", new { reason = "it moves" }, user: "ann");
        Assert.Equal((200, "ann", "it moves"), (status, (string?)paused["paused"]!["by"], (string?)paused["paused"]!["reason"]));
        Assert.Equal("it moves", (string?)(await hub.Get($"{path}/status")).Body["paused"]!["reason"]);
        Assert.Null((await hub.Post($"{path}/resume")).Body["paused"]);
        Assert.Equal("ingest", (string?)(await hub.Get($"{path}/status")).Body["phases"]![0]!["phase"]);
    }

    private void Stream(string id, string source) =>
        hub.Write(
            $"config/applications/shop/staging/streams/{id}.xml",
            $"""<stream id="{id}" version="1.0" layer="staging"><ingest table="{id}_raw">{source}</ingest></stream>"""
        );

    private async Task<(int Status, string Answer)> Send(string stream, byte[] body, (string Name, string Value)? header = null)
    {
        using var content = new ByteArrayContent(body);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/api/events/{stream}") { Content = content };
        if (header is { } more)
            request.Headers.Add(more.Name, more.Value);
        // What is too large is refused before it is sent.
        request.Headers.ExpectContinue = true;
        using var response = await hub.Client.SendAsync(request);
        return ((int)response.StatusCode, await response.Content.ReadAsStringAsync());
    }
}
