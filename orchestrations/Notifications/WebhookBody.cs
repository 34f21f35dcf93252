using System.Text.Json;
using System.Text.Json.Nodes;
using ServerlessHub.Orchestrations.Durable;
using ServerlessHub.Orchestrations.Jobs;

namespace ServerlessHub.Orchestrations.Notifications;

/// <summary>The JSON that a webhook is sent.</summary>
internal static class WebhookBody
{
    private const int SlackLongest = 2_900;
    private static readonly string[] TeamsHosts = [".logic.azure.com", ".api.powerplatform.com", ".webhook.office.com"];

    /// <summary>What the host of an address is known to take.</summary>
    public static WebhookFormat FormatOf(Uri address) =>
        address.Host.Equals("hooks.slack.com", StringComparison.OrdinalIgnoreCase) ? WebhookFormat.Slack
        : TeamsHosts.Any(host => address.Host.EndsWith(host, StringComparison.OrdinalIgnoreCase)) ? WebhookFormat.Teams
        : WebhookFormat.Hub;

    /// <summary>The body, in UTF-8.</summary>
    public static byte[] Write(Notification notification, WebhookFormat format) =>
        JsonSerializer.SerializeToUtf8Bytes(
            format switch
            {
                WebhookFormat.Slack => Slack(notification),
                WebhookFormat.Teams => Teams(notification),
                _ => Hub(notification),
            },
            DurableJson.Options
        );

    private static JsonObject Hub(Notification notification) =>
        new()
        {
            ["id"] = notification.Id,
            ["type"] = "job." + JsonNamingPolicy.CamelCase.ConvertName(notification.Kind.ToString()),
            ["timestamp"] = notification.When.UtcDateTime.ToString("O"),
            ["data"] = JsonSerializer.SerializeToNode(notification, DurableJson.Options),
        };

    private static JsonObject Slack(Notification notification)
    {
        var subject = NotificationText.Subject(notification);
        var facts = NotificationText.Facts(notification).Select(fact => $"*{fact.Name}:* {Escape(fact.Value)}");
        var blocks = new JsonArray { Section($"*{Escape(subject)}*"), Section(string.Join('\n', facts)) };
        if (notification.Link is { } link)
            blocks.Add(Section($"<{link.AbsoluteUri}|Look at the run>"));
        return new() { ["text"] = Escape(subject), ["blocks"] = blocks };
    }

    private static JsonObject Section(string text) =>
        new()
        {
            ["type"] = "section",
            ["text"] = new JsonObject { ["type"] = "mrkdwn", ["text"] = NotificationText.Cut(text, SlackLongest) },
        };

    private static string Escape(string text) =>
        text.Replace("&", "&amp;", StringComparison.Ordinal)
            .Replace("<", "&lt;", StringComparison.Ordinal)
            .Replace(">", "&gt;", StringComparison.Ordinal);

    private static JsonObject Teams(Notification notification)
    {
        var facts = NotificationText.Facts(notification).Select(f => (JsonNode)new JsonObject { ["title"] = f.Name, ["value"] = f.Value });
        var card = new JsonObject
        {
            ["$schema"] = "http://adaptivecards.io/schemas/adaptive-card.json",
            ["type"] = "AdaptiveCard",
            ["version"] = "1.4",
            ["body"] = new JsonArray
            {
                new JsonObject
                {
                    ["type"] = "TextBlock",
                    ["text"] = NotificationText.Subject(notification),
                    ["weight"] = "Bolder",
                    ["size"] = "Medium",
                    ["wrap"] = true,
                },
                new JsonObject { ["type"] = "FactSet", ["facts"] = new JsonArray([.. facts]) },
            },
        };
        if (notification.Link is { } link)
            card["actions"] = new JsonArray
            {
                new JsonObject
                {
                    ["type"] = "Action.OpenUrl",
                    ["title"] = "Look at the run",
                    ["url"] = link.AbsoluteUri,
                },
            };
        return new()
        {
            ["type"] = "message",
            ["attachments"] = new JsonArray
            {
                new JsonObject { ["contentType"] = "application/vnd.microsoft.card.adaptive", ["content"] = card },
            },
        };
    }
}
