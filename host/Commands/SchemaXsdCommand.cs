using System.CommandLine;
using ServerlessHub.Orchestrations.Jobs;
using ServerlessHub.Pipelines;
using ServerlessHub.Pipelines.Definitions;
using ServerlessHub.Pipelines.Definitions.Reference;
using ServerlessHub.Streams.Definitions;

namespace ServerlessHub.Host.Commands;

/// <summary><c>hub schema xsd</c></summary>
internal sealed class SchemaXsdCommand : HubCommand
{
    private static readonly Argument<string> Kind = new("kind")
    {
        Description = "What documents: pipeline (unless given), job or stream.",
        DefaultValueFactory = _ => "pipeline",
    };

    static SchemaXsdCommand() => Kind.AcceptOnlyFromAmong("pipeline", "job", "stream");

    public SchemaXsdCommand()
        : base("xsd", "Print the XML schema of pipelines, jobs or streams, by which editors complete and check them.")
    {
        Arguments.Add(Kind);
        Examples =
        [
            ("hub schema xsd > config/pipeline.xsd", "After an update of the hub."),
            ("hub schema xsd job > config/job.xsd", "Of jobs."),
            ("hub schema xsd stream > config/stream.xsd", "Of streams."),
        ];
    }

    public override ExitCode Execute(Invocation invocation)
    {
        invocation.Terminal.Output.Write(XsdWriter.Write(Spec(invocation.Value(Kind)!)));
        return ExitCode.Done;
    }

    private static ElementSpec Spec(string kind) =>
        kind switch
        {
            "job" => JobSpec.Spec,
            "stream" => StreamSpec.Spec,
            _ => PipelineLanguage.Spec,
        };
}
