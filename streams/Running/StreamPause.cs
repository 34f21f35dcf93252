using ServerlessHub.Streams.Sources;

namespace ServerlessHub.Streams.Running;

/// <summary>That a stream reads nothing, in any process, until somebody resumes it.</summary>
/// <param name="By">Who wants that.</param>
/// <param name="Reason">Why; null if nobody said.</param>
/// <param name="At">Since when.</param>
public sealed record StreamPause(string By, string? Reason, DateTimeOffset At)
{
    private const string Name = "paused";

    internal static StreamPause? Of(StreamFolder folder) => folder.Read<StreamPause>(Name);

    internal StreamPause Keep(StreamFolder folder) => folder.Keep(Name, this);

    internal static void End(StreamFolder folder) => folder.Delete(Name);
}
