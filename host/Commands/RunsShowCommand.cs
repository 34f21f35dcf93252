using System.CommandLine;
using ServerlessHub.Host.Output;
using ServerlessHub.Orchestrations.Runs;
using ServerlessHub.Pipelines.Definitions;
using ServerlessHub.Pipelines.Running;

namespace ServerlessHub.Host.Commands;

/// <summary><c>hub runs show</c></summary>
internal sealed class RunsShowCommand : HubCommand
{
    private static readonly Option<string?> Report = new("--report")
    {
        Description = "Show the report of this node's pipeline: what it read, did and wrote.",
        HelpName = "node",
    };

    public RunsShowCommand()
        : base("show", "Show a run: its nodes, what failed and what to do, and what it ran with.")
    {
        Arguments.Add(RunArguments.Run);
        Options.Add(Report);
        Options.Add(CommonOptions.Root);
        Options.Add(CommonOptions.Json);
        ExitCodes = [ExitCode.Failed, ExitCode.NotFound];
        JsonOutput = typeof(JobRun);
        Details = "With --report, --json prints the report as 'hub run' does of a pipeline.";
        Examples =
        [
            ("hub runs show last", "The newest run."),
            ("hub runs show last --report customer_staging_load", "What one of its pipelines did."),
        ];
    }

    public override ExitCode Execute(Invocation invocation)
    {
        var root = invocation.HubRoot();
        using var history = RunArguments.History(root);
        var run = Named.Run(history, invocation.Value(RunArguments.Run)!);
        if (invocation.Value(Report) is { } node)
            Show(invocation, ReportOf(history, run, node));
        else if (invocation.Json)
            invocation.Terminal.WriteRecord(run);
        else
        {
            JobRunText.Write(invocation.Terminal, run);
            JobRunText.WriteOrigin(invocation.Terminal, run);
        }
        return ExitCode.Done;
    }

    private static void Show(Invocation invocation, string json)
    {
        if (invocation.Json)
            invocation.Terminal.WriteLine(json);
        else
            ReportText.Write(invocation.Terminal, RunRecord.FromJson(json));
    }

    /// <summary>The newest report of a node: its fallback's, where that ran.</summary>
    private static string ReportOf(RunHistory history, JobRun run, string name)
    {
        var node =
            run.Nodes.FirstOrDefault(n => n.Node == name)
            ?? throw CommandException.NotFound(
                $"run {run.RunId} has no node '{name}'",
                NearestName.Hint(name, run.Nodes.Select(n => n.Node)) ?? $"nodes: {string.Join(", ", run.Nodes.Select(n => n.Node))}"
            );
        return new[] { node.FallbackRunId, node.ChildRunId }.OfType<string>().SelectMany(id => history.PipelineReports(id)).FirstOrDefault()
            ?? throw CommandException.NotFound(
                $"there is no report of '{name}' in run {run.RunId}",
                node.Kind == NodeKind.Job ? $"it is a job: 'hub runs show {node.ChildRunId}'" : "a pipeline that has ended has one"
            );
    }
}
