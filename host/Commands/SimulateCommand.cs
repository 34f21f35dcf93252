using System.CommandLine;
using ServerlessHub.Host.Output;
using ServerlessHub.Orchestrations.Jobs;
using ServerlessHub.Pipelines.Definitions;

namespace ServerlessHub.Host.Commands;

/// <summary><c>hub simulate</c></summary>
internal sealed class SimulateCommand : HubCommand
{
    private const string FallbackSuffix = ".fallback";

    private static readonly Argument<string> Document = new("job")
    {
        Description = "The job: its id, app/layer/id where the id alone is not clear, or its file.",
    };

    private static readonly Option<string[]> Fail = new("--fail")
    {
        Description =
            "A node that fails for good; with =transient each attempt fails in a way that may pass, with =2 the first two do. May be repeated.",
        HelpName = "node",
        DefaultValueFactory = _ => [],
    };

    private static readonly Option<string[]> SkipWhen = new("--skip-when")
    {
        Description = "A node whose condition is not true. May be repeated.",
        HelpName = "node",
        DefaultValueFactory = _ => [],
    };

    public SimulateCommand()
        : base("simulate", "Show what a job would run, skip, replace and not start, without running anything.")
    {
        Arguments.Add(Document);
        Options.Add(Fail);
        Options.Add(SkipWhen);
        Options.Add(CommonOptions.Root);
        Options.Add(CommonOptions.Json);
        ExitCodes = [ExitCode.Invalid, ExitCode.NotFound];
        JsonOutput = typeof(SimulationOutput);
        Details = """
            The decisions are those of a run; what is supposed is how each node ends. Whatever is not named succeeds, and approvals are given. The
            fallback of a node load is load.fallback.
            """;
        Examples =
        [
            ("hub simulate customer_master", "If all goes well."),
            ("hub simulate customer_master --fail customer_standardization", "If one pipeline fails."),
            (
                "hub simulate sales_daily --fail orders_load=transient --skip-when release",
                "If a storage stays away, and nobody has to approve."
            ),
        ];
    }

    public override ExitCode Execute(Invocation invocation)
    {
        var root = invocation.HubRoot();
        var document = Named.Job(root, invocation.Value(Document)!);
        var job = JobPlans.Validate(root, document, new Dictionary<string, string>());
        var simulation = JobSimulation.Of(job.Graph!, Suppose(invocation, job.Document!));
        var output = SimulationOutput.Of(document, simulation);
        if (invocation.Json)
            invocation.Terminal.WriteJson(output, OutputJson.Default.SimulationOutput);
        else
            SimulationText.Write(invocation.Terminal, output);
        return ExitCode.Done;
    }

    private static Suppositions Suppose(Invocation invocation, JobDocument job)
    {
        var failures = new Dictionary<string, SimulatedFailure>();
        foreach (var text in invocation.Value(Fail)!)
        {
            var (node, how) = text.Split('=', 2) is [var n, var h] ? (n, h) : (text, "");
            CheckNode(node, job, mayBeFallback: true);
            failures[node] = how switch
            {
                "" => new SimulatedFailure(),
                "transient" => new SimulatedFailure(int.MaxValue),
                _ when int.TryParse(how, out var attempts) && attempts > 0 => new SimulatedFailure(attempts),
                _ => throw CommandException.Usage(
                    $"'{text}' does not say how '{node}' fails",
                    $"write {node}, {node}=transient or {node}=2"
                ),
            };
        }
        foreach (var node in invocation.Value(SkipWhen)!)
        {
            CheckNode(node, job, mayBeFallback: false);
            if (job.Nodes.Single(n => n.Id == node).When is null)
                throw CommandException.Usage($"the node '{node}' has no condition", $"to see what follows if it fails: --fail {node}");
        }
        return new Suppositions(failures, invocation.Value(SkipWhen)!.ToHashSet());
    }

    private static void CheckNode(string name, JobDocument job, bool mayBeFallback)
    {
        var known = job.Nodes.Select(n => n.Id).ToList();
        if (mayBeFallback)
            known.AddRange(job.Nodes.Where(n => n.Fallback is not null).Select(n => n.Id + FallbackSuffix));
        if (!known.Contains(name))
            throw CommandException.NotFound(
                $"the job has no node '{name}'",
                NearestName.Hint(name, known) ?? $"nodes: {string.Join(", ", known)}"
            );
    }
}
