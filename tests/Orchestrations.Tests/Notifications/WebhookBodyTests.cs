using System.Text.Json;
using ServerlessHub.Orchestrations.Jobs;
using ServerlessHub.Orchestrations.Notifications;

namespace ServerlessHub.Orchestrations.Tests.Notifications;

public sealed class WebhookBodyTests
{
    [Theory]
    [InlineData("https://hooks.slack.com/services/T/B/x", WebhookFormat.Slack)]
    [InlineData("https://prod-12.westeurope.logic.azure.com:443/workflows/x", WebhookFormat.Teams)]
    [InlineData("https://default1.2.environment.api.powerplatform.com/powerautomate/x", WebhookFormat.Teams)]
    [InlineData("https://example.com/hooks.slack.com", WebhookFormat.Hub)]
    [InlineData("https://hooks.slack.com.example.com/", WebhookFormat.Hub)]
    public void The_host_says_what_it_takes(string address, WebhookFormat expected) =>
        Assert.Equal(expected, WebhookBody.FormatOf(new Uri(address)));

    [Fact]
    public void Slack_gets_escaped_text_in_blocks_that_are_short_enough()
    {
        var json = Parse(Samples.Failure() with { Error = "<!channel> & " + new string('x', 10_000) }, WebhookFormat.Slack);
        Assert.Equal("sales/staging/orders_nightly failed", json.GetProperty("text").GetString());
        var texts = json.GetProperty("blocks")
            .EnumerateArray()
            .Select(b => b.GetProperty("text").GetProperty("text").GetString()!)
            .ToList();
        Assert.All(texts, text => Assert.InRange(text.Length, 1, 3_000));
        Assert.Contains("*Error:* &lt;!channel&gt; &amp; xxx", texts[1]);
        Assert.Contains("*Duration:* 01:02:05", texts[1]);
        Assert.Equal("<https://hub.example.com/runs/20260302-080000-aa?a=1&b=2|Look at the run>", texts[2]);
    }

    [Fact]
    public void Teams_gets_an_adaptive_card()
    {
        var json = Parse(Samples.Failure() with { Repeats = 4 }, WebhookFormat.Teams);
        Assert.Equal("message", json.GetProperty("type").GetString());
        var attachment = json.GetProperty("attachments")[0];
        Assert.Equal("application/vnd.microsoft.card.adaptive", attachment.GetProperty("contentType").GetString());
        var card = attachment.GetProperty("content");
        Assert.Equal("AdaptiveCard", card.GetProperty("type").GetString());
        var facts = card.GetProperty("body")[1].GetProperty("facts").EnumerateArray().ToDictionary(Title, Value);
        Assert.Equal("load, publish", facts["Failed"]);
        Assert.Equal("4 more of this cause since it was last told", facts["Seen before"]);
        Assert.Equal("Action.OpenUrl", card.GetProperty("actions")[0].GetProperty("type").GetString());

        static string Title(JsonElement fact) => fact.GetProperty("title").GetString()!;
        static string Value(JsonElement fact) => fact.GetProperty("value").GetString()!;
    }

    [Fact]
    public void A_cut_never_halves_a_character()
    {
        for (var length = 2; length < 12; length++)
            Assert.DoesNotContain(
                '\uFFFD',
                System.Text.Encoding.UTF8.GetString(System.Text.Encoding.UTF8.GetBytes(NotificationText.Cut("a😀😀😀😀😀😀", length)))
            );
    }

    [Fact]
    public void A_page_shows_what_was_written_and_runs_nothing()
    {
        var html = NotificationText.Html(Samples.Failure());
        Assert.Contains("&lt;b&gt;&#39;x&#39; &amp; &#39;y&#39;&lt;/b&gt;", html);
        Assert.Contains("href=\"https://hub.example.com/runs/20260302-080000-aa?a=1&amp;b=2\"", html);
    }

    private static JsonElement Parse(Notification notification, WebhookFormat format) =>
        JsonDocument.Parse(WebhookBody.Write(notification, format)).RootElement;
}
