namespace ServerlessHub.Streams.Polling;

/// <summary>When a poll of a stream began last, whichever process did it.</summary>
/// <param name="At">When.</param>
internal sealed record PollBegin(DateTimeOffset At)
{
    /// <summary>What it is called among what the hub remembers of the stream.</summary>
    public const string Name = "poll";
}
