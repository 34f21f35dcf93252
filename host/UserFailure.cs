using ServerlessHub.Engine;
using ServerlessHub.Lake;
using ServerlessHub.Pipelines.Connectors;
using ServerlessHub.Pipelines.Definitions;
using ServerlessHub.Pipelines.Running;
using ServerlessHub.Pipelines.Secrets;
using ServerlessHub.Streams.Processing;

namespace ServerlessHub.Host;

/// <summary>An exception of the layers below that whoever typed the command can do something about.</summary>
/// <param name="Code">What the process ends with.</param>
/// <param name="Message">What happened, and where.</param>
/// <param name="Hint">What to do about it; null when the message says it.</param>
internal sealed record UserFailure(ExitCode Code, string Message, string? Hint)
{
    /// <summary>What an exception means to the user, or null when it is an error of the hub.</summary>
    public static UserFailure? Explain(Exception e) =>
        e switch
        {
            InvalidDocumentException d => new(ExitCode.Invalid, Errors(d.Findings), null),
            RunException r => new(ExitCode.Failed, r.Message, r.Hint),
            StreamException s => new(ExitCode.Failed, s.Message, s.Hint),
            SecretException s => new(ExitCode.Failed, s.Message, null),
            LakeException l => new(ExitCode.Failed, TableName.Explain(l), null),
            FileNotFoundException or DirectoryNotFoundException => new(ExitCode.NotFound, e.Message, null),
            UnauthorizedAccessException => new(ExitCode.Failed, e.Message, "give the hub's user the right to read and write there"),
            IOException => new(ExitCode.Failed, e.Message, null),
            EngineException => new(ExitCode.Failed, e.Message, null),
            _ => null,
        };

    private static string Errors(Diagnostics findings) =>
        string.Join(
            '\n',
            findings
                .Where(f => f.Severity == Severity.Error)
                .Select(f => $"{f.Location}: {f.Message}{(f.Hint is { } hint ? $"; {hint}" : "")}")
        );
}
