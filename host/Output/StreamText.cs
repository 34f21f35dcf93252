using System.Globalization;
using ServerlessHub.Api.Streams;
using ServerlessHub.Streams.Running;

namespace ServerlessHub.Host.Output;

/// <summary>How streams are shown to a person.</summary>
internal static class StreamText
{
    /// <summary>A line for each stream.</summary>
    public static Grid List(StreamListOutput streams) =>
        new(
            [new("stream"), new("source"), new("raw table"), new("")],
            [
                .. streams.Streams.Select(s =>
                    new[] { $"{s.App}/{s.Layer}/{s.Id}", s.Source ?? "–", s.Table ?? "–", s.IsSound ? Paused(s.Paused) ?? "" : "not valid" }
                ),
            ]
        );

    /// <summary>Writes how a stream is.</summary>
    public static void Write(Terminal terminal, StreamStatusOutput status)
    {
        var activity = status.Activity;
        terminal.WriteLine($"{status.Stream}  {Paused(status.Paused) ?? State(activity)}");
        if (activity?.Problem is { } problem)
            terminal.WriteLine($"  {problem}{(activity.Hint is { } hint ? $"; {hint}" : "")}");
        if (activity?.RetryAt is { } retry)
            terminal.WriteLine($"  it is tried again at {Time(retry)}");
        if (activity is not null)
            terminal.WriteLine($"  {Progress(activity)}");
        terminal.Write(Phases(status.Phases));
        if (status.Publications.Count > 0)
            terminal.Write(Publications(status.Publications));
        if (activity is { Partitions.Count: > 0 })
            terminal.Write(Partitions(activity.Partitions));
    }

    private static string Progress(StreamActivity activity)
    {
        var parts = new List<string> { $"lag {Quantity.Count(activity.LagEvents)} events" };
        if (activity.LagSeconds is { } behind)
            parts.Add($"{Quantity.Duration(TimeSpan.FromSeconds(behind))} behind");
        if (activity.State == StreamState.Running)
            parts.Add($"{Quantity.Number(Math.Round(activity.EventsPerSecond))} events/s");
        if (activity.CaughtUpIn is > 0 and var left)
            parts.Add($"caught up in about {Quantity.Duration(TimeSpan.FromSeconds(left))}");
        if (activity.DeadLetters > 0)
            parts.Add(Quantity.Of(activity.DeadLetters, "dead letter"));
        return string.Join(", ", parts);
    }

    private static Grid Phases(IReadOnlyList<PhaseStatus> phases) =>
        new(
            [new("phase"), new("table"), new("lag", true), new("last commit (UTC)")],
            [
                .. phases.Select(p =>
                    new[]
                    {
                        p.Phase,
                        p.Table,
                        p.LagEvents is null ? "" : Quantity.Count(p.LagEvents),
                        p.LastCommit is { } at ? Time(at) : "–",
                    }
                ),
            ]
        );

    private static Grid Publications(IReadOnlyList<PublicationStatus> publications) =>
        new(
            [new("published"), new("to"), new("version", true), new("versions waiting", true), new("last sent (UTC)")],
            [
                .. publications.Select(p =>
                    new[]
                    {
                        p.Table,
                        p.Topic,
                        Quantity.Count(p.Version),
                        Quantity.Count(p.WaitingVersions),
                        p.PublishedAt is { } at ? Time(at) : "–",
                    }
                ),
            ]
        );

    private static Grid Partitions(IReadOnlyList<PartitionActivity> partitions) =>
        new(
            [new("topic"), new("partition", true), new("offset", true), new("end", true), new("lag", true)],
            [
                .. partitions.Select(p =>
                    new[] { p.Topic, $"{p.Partition}", Quantity.Count(p.Offset), Quantity.Count(p.End), Quantity.Count(p.Lag) }
                ),
            ]
        );

    private static string State(StreamActivity? activity) =>
        activity is null or { State: StreamState.NotRunning } ? "not run here" : activity.State.ToString().ToLowerInvariant();

    private static string? Paused(StreamPause? pause) =>
        pause is null ? null : $"paused by {pause.By} at {Time(pause.At)}{(pause.Reason is { } reason ? $": {reason}" : "")}";

    private static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);
}
