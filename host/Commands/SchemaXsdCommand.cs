using ServerlessHub.Pipelines;
using ServerlessHub.Pipelines.Definitions.Reference;

namespace ServerlessHub.Host.Commands;

/// <summary><c>hub schema xsd</c></summary>
internal sealed class SchemaXsdCommand : HubCommand
{
    public SchemaXsdCommand()
        : base("xsd", "Print the XML schema of pipelines, by which editors complete and check them.") =>
        Examples = [("hub schema xsd > config/pipeline.xsd", "After an update of the hub.")];

    public override ExitCode Execute(Invocation invocation)
    {
        invocation.Terminal.Output.Write(XsdWriter.Write(PipelineLanguage.Spec));
        return ExitCode.Done;
    }
}
