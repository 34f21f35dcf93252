using Microsoft.Extensions.Logging;

namespace ServerlessHub.Host;

internal static partial class Logs
{
    [LoggerMessage(300, LogLevel.Error, "The hub cannot look after its streams: {Problem}; it tries again")]
    public static partial void StreamsNotSeen(ILogger logger, string problem);
}
