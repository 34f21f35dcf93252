using ServerlessHub.Host.Commands;
using ServerlessHub.Host.Output;
using ServerlessHub.Pipelines.Definitions;
using ServerlessHub.Pipelines.Running;

namespace ServerlessHub.Host;

/// <summary>What every command does that was stopped by an invalid document: it shows why.</summary>
internal static class InvalidDocument
{
    /// <summary>Shows the findings: as <c>hub validate --json</c> does for a program, else on standard error.</summary>
    public static ExitCode Show(Invocation invocation, HubRoot root, HubDocument document, Diagnostics findings)
    {
        if (invocation.Json)
            invocation.Terminal.WriteJson(ValidationOutput.Of([(document, findings)]), OutputJson.Default.ValidationOutput);
        else
            DiagnosticText.Write(invocation.Terminal, findings, name => FindingText.Of(root, name), toError: true);
        return ExitCode.Invalid;
    }
}
