using Microsoft.Extensions.Logging;

namespace ServerlessHub.Orchestrations;

internal static partial class Logs
{
    private static readonly Func<ILogger, string, IDisposable?> RunScope = LoggerMessage.DefineScope<string>("run {RunId}");

    /// <summary>Puts a run's id on whatever is logged until this is disposed.</summary>
    public static IDisposable? InRun(ILogger logger, string runId) => RunScope(logger, runId);

    [LoggerMessage(100, LogLevel.Error, "Node {Node} of run {RunId} met an error of the hub")]
    public static partial void NodeFailed(ILogger logger, string runId, string node, Exception exception);

    [LoggerMessage(101, LogLevel.Warning, "Run {RunId}: {Target} could not be told: {Problem}")]
    public static partial void NotTold(ILogger logger, string runId, string target, string problem);

    [LoggerMessage(102, LogLevel.Warning, "{Document}: {Problem}")]
    public static partial void Arrival(ILogger logger, string document, string problem);

    [LoggerMessage(103, LogLevel.Error, "{Document} was to be started and could not: {Problem}")]
    public static partial void Refused(ILogger logger, string document, string problem);

    [LoggerMessage(104, LogLevel.Error, "The hub cannot look after {What}: {Problem}; it tries again")]
    public static partial void WatchFailed(ILogger logger, string what, string problem);

    [LoggerMessage(105, LogLevel.Information, "Table {Table}: {Removed} small files were put together as {Added}")]
    public static partial void Optimized(ILogger logger, string table, int removed, int added);

    [LoggerMessage(106, LogLevel.Information, "Table {Table}: {Files} files that no version needs were deleted, {Bytes} bytes")]
    public static partial void Vacuumed(ILogger logger, string table, long files, long bytes);
}
