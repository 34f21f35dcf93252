namespace ServerlessHub.Pipelines.Definitions;

/// <summary>Which of a schedule's times that passed while nothing could run are made up for.</summary>
public enum MissedTimes
{
    /// <summary>Each of them.</summary>
    All,

    /// <summary>The last one.</summary>
    Last,

    /// <summary>None.</summary>
    None,
}

/// <summary>Who owns a document, and when it runs.</summary>
/// <param name="Owner">The team or application that answers for it.</param>
/// <param name="Sla">How long after its scheduled time a run may end.</param>
/// <param name="Schedule">When it runs.</param>
/// <param name="TimeZone">The zone of its schedule and windows, by its IANA name.</param>
/// <param name="Missed">What becomes of the schedule's times that passed while nothing could run.</param>
/// <param name="Description">What it is for.</param>
/// <param name="Tags">Words to find it by.</param>
public sealed record DocumentMetadata(
    string? Owner,
    TimeSpan? Sla,
    CronExpression? Schedule,
    string TimeZone,
    MissedTimes Missed,
    string? Description,
    IReadOnlyList<string> Tags
)
{
    /// <summary>Reads the element <c>metadata</c> of <see cref="DocumentFrame"/>; what was wrong with it has been reported.</summary>
    /// <param name="metadata">The element; null when there is none.</param>
    public static DocumentMetadata Read(Element? metadata) =>
        new(
            Text(metadata, "owner"),
            Text(metadata, "sla") is { } sla && IsoDuration.TryParse(sla, out var duration) ? duration : null,
            Text(metadata, "schedule") is { } schedule ? CronExpression.Parse(schedule).Cron : null,
            metadata?.Child("schedule")?["timeZone"] ?? "UTC",
            Enum.TryParse<MissedTimes>(metadata?.Child("schedule")?["missed"], ignoreCase: true, out var missed)
                ? missed
                : MissedTimes.Last,
            Text(metadata, "description"),
            Text(metadata, "tags") is { } tags ? NameList.Split(tags) : []
        );

    private static string? Text(Element? metadata, string child) => metadata?.Child(child)?.Text;
}
