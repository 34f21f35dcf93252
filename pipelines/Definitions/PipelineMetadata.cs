namespace ServerlessHub.Pipelines.Definitions;

/// <summary>Who owns a pipeline, and when it runs.</summary>
/// <param name="Owner">The team or application that answers for it.</param>
/// <param name="Sla">How long after its scheduled time a run may end.</param>
/// <param name="Schedule">When it runs.</param>
/// <param name="TimeZone">The zone of its schedule and windows, by its IANA name.</param>
/// <param name="Description">What it is for.</param>
/// <param name="Tags">Words to find it by.</param>
public sealed record PipelineMetadata(
    string? Owner,
    TimeSpan? Sla,
    CronExpression? Schedule,
    string TimeZone,
    string? Description,
    IReadOnlyList<string> Tags
)
{
    internal static PipelineMetadata Read(Element? metadata) =>
        new(
            Text(metadata, "owner"),
            Text(metadata, "sla") is { } sla && IsoDuration.TryParse(sla, out var duration) ? duration : null,
            Text(metadata, "schedule") is { } schedule ? CronExpression.Parse(schedule).Cron : null,
            metadata?.Child("schedule")?["timeZone"] ?? "UTC",
            Text(metadata, "description"),
            Text(metadata, "tags") is { } tags ? NameList.Split(tags) : []
        );

    private static string? Text(Element? metadata, string child) => metadata?.Child(child)?.Text;
}
