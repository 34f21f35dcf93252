using Microsoft.Extensions.Logging;

namespace ServerlessHub.Orchestrations;

internal static partial class Logs
{
    [LoggerMessage(100, LogLevel.Error, "Node {Node} of run {RunId} met an error of the hub")]
    public static partial void NodeFailed(ILogger logger, string runId, string node, Exception exception);

    [LoggerMessage(101, LogLevel.Warning, "Run {RunId}: {Target} could not be told: {Problem}")]
    public static partial void NotTold(ILogger logger, string runId, string target, string problem);
}
