using System.Net.Mail;
using ServerlessHub.Pipelines.Definitions;

namespace ServerlessHub.Orchestrations.Jobs;

/// <summary>The declaration of the element <c>notifications</c>, and who is told by it.</summary>
public static class NotificationSpec
{
    private static readonly string[] Occasions =
    [
        "start",
        "success",
        "failure",
        "completion",
        "sla",
        "slaPredicted",
        "fileLate",
        "filePartial",
    ];

    private static readonly ElementSpec Email = new("email", "Sends an e-mail.")
    {
        IsFixed = true,
        Attributes =
        [
            new("to", AttributeKind.Text, "The addresses, separated by commas; each may hold `${secret:NAME}` and `${env:NAME}`.")
            {
                Required = true,
            },
            On(),
        ],
        Example = """<email to="ops@example.com" on="failure, sla"/>""",
    };

    private static readonly ElementSpec Webhook = new("webhook", "Posts JSON to a URL.")
    {
        IsFixed = true,
        Attributes =
        [
            new("url", AttributeKind.Text, "The URL; it may hold `${secret:NAME}` and `${env:NAME}`.") { Required = true },
            On(),
            new("secretRef", AttributeKind.Name, "The secret whose value signs what is sent."),
            new("format", AttributeKind.Choice, "The shape of what is sent; unless given, what the host of the URL is known to take.")
            {
                Choices = ["hub", "slack", "teams"],
            },
        ],
        Example = """<webhook url="${secret:ops-webhook}" format="slack" on="failure"/>""",
    };

    /// <summary>The declaration.</summary>
    public static ElementSpec Spec { get; } =
        new("notifications", "Who is told.")
        {
            IsFixed = true,
            Details = """
                `on` takes, separated by commas: `start`; `success`; `failure`, also with errors; `completion`, however it ends; `sla`, when it has not ended in the
                time that `<sla>` leaves it; `slaPredicted`, when by what earlier runs took it will not; `fileLate`, when no file has come by the time that an
                `<onFile>` expects one; and `filePartial`, when one goes on changing.
                """,
            Children = [new(Email, Max: null), new(Webhook, Max: null)],
        };

    /// <summary>Who is told, as far as it is sound; reports what is wrong with addresses and occasions.</summary>
    /// <param name="notifications">The element; null when there is none.</param>
    /// <param name="metadata">The document's: whether it has a time by which its runs should end.</param>
    /// <param name="triggers">The document's: whether files start it, and by when.</param>
    /// <param name="findings">Where findings go.</param>
    internal static IReadOnlyList<JobNotification> Read(
        Element? notifications,
        DocumentMetadata metadata,
        IReadOnlyList<Trigger> triggers,
        Diagnostics findings
    )
    {
        var lacking = Lacking(metadata, [.. triggers.OfType<FileTrigger>()]);
        return [.. (notifications?.Children ?? []).Where(e => e.IsSound).Select(e => ReadTarget(e, lacking, findings))];
    }

    /// <summary>The occasions that never come, with what the document lacks for them and what to add.</summary>
    private static Dictionary<string, (string Lack, string Hint)> Lacking(DocumentMetadata metadata, FileTrigger[] files)
    {
        var lacking = new Dictionary<string, (string, string)>();
        if (metadata.Sla is null)
            lacking["sla"] = lacking["slaPredicted"] = ("the job has no time by which it should end", "add <sla> to <metadata>");
        if (files.Length == 0)
            lacking["filePartial"] = ("no file starts the job", "add <onFile> to <triggers>");
        if (files.All(f => f.ExpectedBy is null))
            lacking["fileLate"] = ("no <onFile> of the job says when its file has to be there", "add expectedBy to it");
        return lacking;
    }

    private static JobNotification ReadTarget(Element element, Dictionary<string, (string Lack, string Hint)> lacking, Diagnostics findings)
    {
        var on = ReadOccasions(element, lacking, findings);
        if (element.Spec == Email)
        {
            foreach (var address in element.Names("to"))
                if (!HasPlaceholder(element, "to", findings) && !MailAddress.TryCreate(address, out _))
                    findings.Add(Rule.BadValue, element.LocationOf("to"), $"'{address}' is no e-mail address", "write name@example.com");
            return new EmailNotification(element.Names("to"), on, element.Location);
        }
        var url = element["url"]!;
        if (!HasPlaceholder(element, "url", findings) && !IsWebAddress(url))
            findings.Add(Rule.BadValue, element.LocationOf("url"), $"url cannot be '{url}'", "it must begin with https:// or http://");
        return new WebhookNotification(
            url,
            element["secretRef"],
            Enum.TryParse<WebhookFormat>(element["format"], ignoreCase: true, out var format) ? format : null,
            on,
            element.Location
        );
    }

    private static List<Occasion> ReadOccasions(
        Element element,
        Dictionary<string, (string Lack, string Hint)> lacking,
        Diagnostics findings
    )
    {
        var on = new List<Occasion>();
        var source = element.Source("on")!;
        foreach (var (name, offset) in NameList.Located(source.Value))
            if (!Occasions.Contains(name))
                findings.Add(
                    Rule.BadValue,
                    source.LocationAt(offset),
                    $"on cannot be '{name}'",
                    NearestName.Hint(name, Occasions) ?? "it may be " + string.Join(", ", Occasions)
                );
            else if (lacking.TryGetValue(name, out var missing))
                findings.Add(Rule.ConflictingAttributes, source.LocationAt(offset), $"on is '{name}', but {missing.Lack}", missing.Hint);
            else
                on.Add(Enum.Parse<Occasion>(name, ignoreCase: true));
        return [.. on.Distinct()];
    }

    /// <summary>Whether a value is known only where it is used; reports what is no such placeholder.</summary>
    private static bool HasPlaceholder(Element element, string attribute, Diagnostics findings)
    {
        var source = element.Source(attribute)!;
        var template = TextTemplate.Parse(source.Value);
        if (template.Error is var (at, reason))
            findings.Add(Rule.BadValue, source.LocationAt(at), reason);
        foreach (var (name, offset) in template.References)
            if (!name.StartsWith("secret:", StringComparison.Ordinal) && !name.StartsWith("env:", StringComparison.Ordinal))
                findings.Add(
                    Rule.BadValue,
                    source.LocationAt(offset),
                    $"'${{{name}}}' is neither a secret nor of the environment",
                    "write ${secret:NAME} or ${env:NAME}"
                );
        return template.Error is not null || template.References.Any();
    }

    private static bool IsWebAddress(string url) => Uri.TryCreate(url, UriKind.Absolute, out var uri) && (uri.Scheme is "https" or "http");

    private static AttributeSpec On() => new("on", AttributeKind.Names, "The occasions, separated by commas.") { Default = "completion" };
}
