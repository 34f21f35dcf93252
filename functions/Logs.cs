using Microsoft.Extensions.Logging;

namespace ServerlessHub.Functions;

internal static partial class Logs
{
    [LoggerMessage(1, LogLevel.Information, "{File} is published, revision {Revision}")]
    public static partial void Published(ILogger logger, string file, string revision);

    [LoggerMessage(2, LogLevel.Warning, "{File} was refused: {Reason}")]
    public static partial void Refused(ILogger logger, string file, string reason);

    [LoggerMessage(3, LogLevel.Warning, "{Activity} of {RunId} failed: {Reason}")]
    public static partial void ActivityFailed(ILogger logger, string activity, string runId, string reason);

    [LoggerMessage(4, LogLevel.Error, "{File} takes no events: {Reason}")]
    public static partial void StreamRefused(ILogger logger, string file, string reason);

    [LoggerMessage(5, LogLevel.Error, "Stream {Stream} stays where it is: {Reason}")]
    public static partial void StreamStays(ILogger logger, string stream, string reason);
}
