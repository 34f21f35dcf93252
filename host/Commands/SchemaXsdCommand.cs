using System.CommandLine;
using ServerlessHub.Orchestrations.Jobs;
using ServerlessHub.Pipelines;
using ServerlessHub.Pipelines.Definitions;
using ServerlessHub.Pipelines.Definitions.Reference;

namespace ServerlessHub.Host.Commands;

/// <summary><c>hub schema xsd</c></summary>
internal sealed class SchemaXsdCommand : HubCommand
{
    private static readonly Argument<string> Kind = new("kind")
    {
        Description = "What documents: pipeline (unless given) or job.",
        DefaultValueFactory = _ => "pipeline",
    };

    static SchemaXsdCommand() => Kind.AcceptOnlyFromAmong("pipeline", "job");

    public SchemaXsdCommand()
        : base("xsd", "Print the XML schema of pipelines or jobs, by which editors complete and check them.")
    {
        Arguments.Add(Kind);
        Examples =
        [
            ("hub schema xsd > config/pipeline.xsd", "After an update of the hub."),
            ("hub schema xsd job > config/job.xsd", "Of jobs."),
        ];
    }

    public override ExitCode Execute(Invocation invocation)
    {
        invocation.Terminal.Output.Write(XsdWriter.Write(invocation.Value(Kind) == "job" ? Job() : PipelineLanguage.Spec));
        return ExitCode.Done;
    }

    private static ElementSpec Job() => JobSpec.Spec;
}
