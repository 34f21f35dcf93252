namespace ServerlessHub.Orchestrations.Notifications;

/// <summary>What a webhook's message looks like.</summary>
public enum WebhookFormat
{
    /// <summary>The hub's own: <c>id</c>, <c>type</c>, <c>timestamp</c> and <c>data</c>, which is the notification.</summary>
    Hub,

    /// <summary>A message of Slack's incoming webhooks.</summary>
    Slack,

    /// <summary>An adaptive card, as a workflow of Microsoft Teams posts it.</summary>
    Teams,
}
