namespace ServerlessHub.Streams.Care;

/// <summary>When a stream's tables were looked after last.</summary>
/// <param name="RetainedAt">When events were deleted that are kept no longer.</param>
/// <param name="VacuumedAt">When files were deleted that no version needs.</param>
internal sealed record CareState(DateTimeOffset RetainedAt, DateTimeOffset VacuumedAt)
{
    public static CareState Never { get; } = new(DateTimeOffset.MinValue, DateTimeOffset.MinValue);
}
