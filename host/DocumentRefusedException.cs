using ServerlessHub.Host.Commands;
using ServerlessHub.Host.Output;
using ServerlessHub.Pipelines.Definitions;
using ServerlessHub.Pipelines.Running;

namespace ServerlessHub.Host;

/// <summary>A command cannot go on because the document it is about is not valid.</summary>
/// <param name="root">The hub root.</param>
/// <param name="document">The document.</param>
/// <param name="findings">What is wrong with it.</param>
internal sealed class DocumentRefusedException(HubRoot root, HubDocument document, Diagnostics findings)
    : Exception($"{document.File} is not valid")
{
    /// <summary>Shows why: to a program as <c>hub validate --json</c> does, else on standard error.</summary>
    public ExitCode Show(Invocation invocation)
    {
        if (invocation.Json)
            invocation.Terminal.WriteJson(ValidationOutput.Of([(document, findings)]), OutputJson.Default.ValidationOutput);
        else
            DiagnosticText.Write(invocation.Terminal, findings, name => FindingText.Of(root, name), toError: true);
        return ExitCode.Invalid;
    }
}
