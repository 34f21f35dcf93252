using Microsoft.Extensions.Logging;

namespace ServerlessHub.Api;

internal static partial class Logs
{
    [LoggerMessage(1, LogLevel.Error, "{Method} {Path} failed ({TraceId})")]
    public static partial void RequestFailed(ILogger logger, string method, string path, string traceId, Exception exception);
}
