using ServerlessHub.Lake;
using ServerlessHub.Orchestrations.Jobs;
using ServerlessHub.Orchestrations.Runs;
using ServerlessHub.Pipelines.Connectors;
using ServerlessHub.Pipelines.Definitions;
using ServerlessHub.Pipelines.Running;
using ServerlessHub.Pipelines.Secrets;

namespace ServerlessHub.Orchestrations.Activities;

/// <summary>What an exception or a report means for the node that ended with it.</summary>
internal static class NodeFailure
{
    /// <summary>The failure of a pipeline that ran.</summary>
    public static RunError Of(RunReport report) =>
        Error(
            $"{report.App}/{report.Layer}/{report.Pipeline}",
            report.Status == RunStatus.Cancelled ? ErrorClass.Cancelled
                : report.IsTransient == true ? ErrorClass.Transient
                : ErrorClass.Data,
            report.Error ?? "it failed without a word",
            report.Hint
        );

    /// <summary>The failure that an exception is.</summary>
    /// <param name="document">What failed, as <c>app/layer/id</c>.</param>
    /// <param name="exception">The exception.</param>
    public static RunError Of(string document, Exception exception) =>
        exception switch
        {
            RunStoppedException => Error(document, ErrorClass.Cancelled, exception.Message, null),
            InvalidDocumentException invalid => Refused(document, invalid.Findings),
            RunException r => Error(document, r.IsTransient ? ErrorClass.Transient : ErrorClass.Data, r.Message, r.Hint),
            SecretException s => Error(document, s.IsTransient ? ErrorClass.Transient : ErrorClass.Document, s.Message, null),
            LakeException l => Error(document, ErrorClass.Data, TableName.Explain(l), null),
            IOException or UnauthorizedAccessException => Error(document, ErrorClass.Transient, exception.Message, null),
            _ => Error(
                document,
                ErrorClass.Internal,
                $"the hub made an error: {exception.Message}",
                "the server's log has more; report it with the run's id"
            ),
        };

    /// <summary>A failure of some class.</summary>
    public static RunError Error(string document, ErrorClass kind, string message, string? hint) =>
        new(message, hint, kind, ErrorFingerprint.Of(document, kind, message));

    /// <summary>How an attempt that ended with an error did.</summary>
    public static NodeResult ResultOf(RunError error) =>
        error.Class switch
        {
            ErrorClass.Transient or ErrorClass.Timeout => NodeResult.FailedTransiently,
            ErrorClass.Cancelled => NodeResult.Stopped,
            _ => NodeResult.Failed,
        };

    private static RunError Refused(string document, Diagnostics findings)
    {
        var errors = findings.Where(f => f.Severity == Severity.Error).ToArray();
        var first = errors[0];
        var more = errors.Length > 1 ? $" (and {errors.Length - 1} more; 'hub validate' lists them)" : "";
        return Error(document, ErrorClass.Document, $"{first.Location}: {first.Message}{more}", first.Hint);
    }
}
