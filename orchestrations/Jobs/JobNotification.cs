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
public abstract record JobNotification(IReadOnlyList<Occasion> On, SourceLocation Location)
{
    /// <summary>Reads a sound <c>email</c> or <c>webhook</c>; an occasion that is none is reported.</summary>
    internal static JobNotification Read(Element element, Diagnostics findings)
    {
        var on = Occasions(element, findings);
        return element.Spec.Name == "email"
            ? new EmailNotification(element.Names("to"), on, element.Location)
            : new WebhookNotification(
                element["url"]!,
                element["secretRef"],
                Enum.TryParse<WebhookFormat>(element["format"], ignoreCase: true, out var format) ? format : null,
                on,
                element.Location
            );
    }

    private static IReadOnlyList<Occasion> Occasions(Element element, Diagnostics findings)
    {
        var on = new List<Occasion>();
        var source = element.Source("on")!;
        foreach (var (name, offset) in NameList.Located(source.Value))
            if (JobSpec.Occasions.Contains(name))
                on.Add(Enum.Parse<Occasion>(name, ignoreCase: true));
            else
                findings.Add(
                    Rule.BadValue,
                    source.LocationAt(offset),
                    $"on cannot be '{name}'",
                    NearestName.Hint(name, JobSpec.Occasions) ?? "it may be " + string.Join(", ", JobSpec.Occasions)
                );
        return [.. on.Distinct()];
    }
}

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
