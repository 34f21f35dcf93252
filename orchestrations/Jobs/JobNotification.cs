using ServerlessHub.Pipelines.Definitions;

namespace ServerlessHub.Orchestrations.Jobs;

/// <summary>What a job's notification is sent on.</summary>
public enum Occasion
{
    /// <summary>It begins.</summary>
    Start,

    /// <summary>It is completed, without errors.</summary>
    Success,

    /// <summary>It has failed, or is completed with errors.</summary>
    Failure,

    /// <summary>It has ended, however.</summary>
    Completion,

    /// <summary>It has not ended in time.</summary>
    Sla,

    /// <summary>By its own history it will not end in time.</summary>
    SlaPredicted,

    /// <summary>A file that should start it has not come in time.</summary>
    FileLate,

    /// <summary>A file that should start it goes on changing, and is not taken.</summary>
    FilePartial,
}

/// <summary>The shape of what a webhook is sent.</summary>
public enum WebhookFormat
{
    /// <summary>The hub's own.</summary>
    Hub,

    /// <summary>Slack's.</summary>
    Slack,

    /// <summary>Microsoft Teams'.</summary>
    Teams,
}

/// <summary>Who is told of what.</summary>
/// <param name="On">The occasions.</param>
/// <param name="Location">Where it is declared.</param>
public abstract record JobNotification(IReadOnlyList<Occasion> On, SourceLocation Location);

/// <summary>Sends an e-mail.</summary>
/// <param name="To">The addresses.</param>
/// <param name="On">The occasions.</param>
/// <param name="Location">Where it is declared.</param>
public sealed record EmailNotification(IReadOnlyList<string> To, IReadOnlyList<Occasion> On, SourceLocation Location)
    : JobNotification(On, Location);

/// <summary>Posts JSON to a URL.</summary>
/// <param name="Url">The URL, which may hold <c>${secret:NAME}</c> and <c>${env:NAME}</c>.</param>
/// <param name="SecretRef">The secret whose value signs what is sent; null for no signature.</param>
/// <param name="Format">The shape of what is sent; null to go by the host of the URL.</param>
/// <param name="On">The occasions.</param>
/// <param name="Location">Where it is declared.</param>
public sealed record WebhookNotification(
    string Url,
    string? SecretRef,
    WebhookFormat? Format,
    IReadOnlyList<Occasion> On,
    SourceLocation Location
) : JobNotification(On, Location);
