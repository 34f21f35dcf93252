using System.CommandLine;
using ServerlessHub.Orchestrations;
using ServerlessHub.Orchestrations.Runs;

namespace ServerlessHub.Host.Commands;

/// <summary><c>hub runs rerun</c></summary>
internal sealed class RunsRerunCommand : HubCommand
{
    private static readonly Option<bool> Failed = new("--failed")
    {
        Description = "What did not succeed, and what comes after it. So it is unless something else is given.",
    };

    private static readonly Option<string?> From = new("--from")
    {
        Description = "This node and what comes after it, and what did not succeed.",
        HelpName = "node",
    };

    private static readonly Option<bool> All = new("--all") { Description = "Everything." };

    private static readonly Option<bool> Latest = new("--latest")
    {
        Description = "With the documents as they are now. Without it they are those that the run had.",
    };

    public RunsRerunCommand()
        : base("rerun", "Do a run again, wholly or from where it failed.")
    {
        Arguments.Add(RunArguments.Run);
        Options.Add(Failed);
        Options.Add(From);
        Options.Add(All);
        Options.Add(Latest);
        Options.Add(CommonOptions.Parameter);
        Options.Add(RunCommand.Memory);
        Options.Add(CommonOptions.Root);
        Options.Add(CommonOptions.Json);
        ExitCodes = [ExitCode.Failed, ExitCode.Invalid, ExitCode.NotFound, ExitCode.Cancelled];
        JsonOutput = typeof(JobRun);
        Details = """
            A new run, with the parameters of the old one. Nodes that had succeeded are kept, and are not run; a pipeline that had failed goes on under
            its own id, so that no table gets its rows twice.
            """;
        Examples =
        [
            ("hub runs rerun last", "From where it failed."),
            ("hub runs rerun last --from customer_standardization --latest", "From a node on, with the documents as they are now."),
            ("hub runs rerun last --all -p runDate=2026-01-31", "All of it, for another day."),
        ];
    }

    public override ExitCode Execute(Invocation invocation)
    {
        var root = invocation.HubRoot();
        var wish = Wish(invocation);
        var run = RunArguments.Find(invocation, root);
        var options = new JobHubOptions { MemoryLimitBytes = invocation.Value(RunCommand.Memory) is { } m ? ByteSize.Parse(m) : null };
        return JobRuns.Within(
            root,
            options,
            async session =>
            {
                var (runId, warnings) = await session.Rerun(run.RunId, wish, invocation.Cancellation);
                foreach (var warning in warnings)
                    invocation.Terminal.Error.WriteLine($"warning: {warning}");
                var kept = session.Find(runId).Nodes.Where(n => n.KeptFrom is not null).Select(n => n.Node).ToArray();
                if (kept.Length > 0)
                    invocation.Terminal.Error.WriteLine($"kept from run {run.RunId}: {string.Join(", ", kept)}");
                return await JobRuns.Follow(invocation, session, runId);
            }
        );
    }

    private static RerunWish Wish(Invocation invocation)
    {
        var from = invocation.Value(From);
        if (new[] { invocation.Value(Failed), from is not null, invocation.Value(All) }.Count(given => given) > 1)
            throw CommandException.Usage("--failed, --from and --all exclude each other", "give one of them");
        var mode =
            from is not null ? RerunMode.From
            : invocation.Value(All) ? RerunMode.All
            : RerunMode.Failed;
        var parameters = invocation.Parameters();
        return new RerunWish(mode, from, invocation.Value(Latest), parameters.Count == 0 ? null : parameters);
    }
}
