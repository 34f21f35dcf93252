using Microsoft.Extensions.Logging;

namespace ServerlessHub.Streams;

internal static partial class Logs
{
    [LoggerMessage(200, LogLevel.Warning, "Kafka client {Client}: {Message}")]
    public static partial void ClientFailed(ILogger logger, string client, string message);

    [LoggerMessage(201, LogLevel.Information, "Kafka client {Client}: {Message}")]
    public static partial void ClientWarned(ILogger logger, string client, string message);

    [LoggerMessage(202, LogLevel.Information, "Stream {Stream} reads {Partitions} now")]
    public static partial void Assigned(ILogger logger, string stream, string partitions);

    [LoggerMessage(
        203,
        LogLevel.Error,
        "Stream {Stream}: offsets {First} to {Last} of {Partition} are gone from the source and were never read; it goes on after them"
    )]
    public static partial void OffsetsGone(ILogger logger, string stream, string partition, long first, long last);

    [LoggerMessage(204, LogLevel.Error, "Stream {Stream} has stopped: {Problem}")]
    public static partial void Stopped(ILogger logger, string stream, string problem);

    [LoggerMessage(205, LogLevel.Warning, "Stream {Stream} goes on in {Delay}: {Problem}")]
    public static partial void Waits(ILogger logger, string stream, TimeSpan delay, string problem);

    [LoggerMessage(206, LogLevel.Error, "Stream {Stream} met an error of the hub; it goes on in {Delay}")]
    public static partial void Failed(ILogger logger, string stream, TimeSpan delay, Exception exception);

    [LoggerMessage(207, LogLevel.Debug, "Stream {Stream} has taken {Events} events, {DeadLetters} of them dead letters: {Ranges}")]
    public static partial void Took(ILogger logger, string stream, long events, long deadLetters, string ranges);

    [LoggerMessage(208, LogLevel.Warning, "Stream {Stream} publishes again in {Delay}: {Problem}")]
    public static partial void NotPublished(ILogger logger, string stream, TimeSpan delay, string problem);

    [LoggerMessage(209, LogLevel.Error, "Stream {Stream} met an error of the hub when it published; it tries again in {Delay}")]
    public static partial void PublishFailed(ILogger logger, string stream, TimeSpan delay, Exception exception);

    [LoggerMessage(
        210,
        LogLevel.Warning,
        "Stream {Stream}: where its poll was is not known to {Address} any more, which answered {Status}; the poll begins anew after cursor '{Cursor}'"
    )]
    public static partial void PollBeginsAnew(ILogger logger, string stream, string address, int status, string cursor);

    [LoggerMessage(
        211,
        LogLevel.Warning,
        "Stream {Stream}: the event at offset {Offset}, which says where its poll was, is in no table any more; the poll begins as the first one does"
    )]
    public static partial void PollPositionGone(ILogger logger, string stream, long offset);

    [LoggerMessage(
        220,
        LogLevel.Warning,
        "Stream {Stream}: its tables could not be looked after; that is tried again in {Delay}: {Problem}"
    )]
    public static partial void NotCaredFor(ILogger logger, string stream, TimeSpan delay, string problem);

    [LoggerMessage(
        221,
        LogLevel.Error,
        "Stream {Stream} met an error of the hub when its tables were looked after; that is tried again in {Delay}"
    )]
    public static partial void CareFailed(ILogger logger, string stream, TimeSpan delay, Exception exception);
}
