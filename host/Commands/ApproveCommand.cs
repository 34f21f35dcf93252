using System.CommandLine;
using ServerlessHub.Host.Output;
using ServerlessHub.Orchestrations;
using ServerlessHub.Orchestrations.Runs;

namespace ServerlessHub.Host.Commands;

/// <summary><c>hub approve</c></summary>
internal sealed class ApproveCommand : HubCommand
{
    private static readonly Argument<string?> Node = new("node")
    {
        Description = "The approval's node; not needed where the run waits for one only.",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private static readonly Option<bool> Refuse = new("--refuse")
    {
        Description = "Refuse it. Its node fails then, with what follows from that.",
    };

    private static readonly Option<string?> Reason = new("--reason") { Description = "Why; it is kept with the run.", HelpName = "text" };

    public ApproveCommand()
        : base("approve", "Decide on an approval that a run waits for.")
    {
        Arguments.Add(RunArguments.Run);
        Arguments.Add(Node);
        Options.Add(Refuse);
        Options.Add(Reason);
        Options.Add(CommonOptions.Root);
        Options.Add(CommonOptions.Json);
        ExitCodes = [ExitCode.Failed, ExitCode.NotFound, ExitCode.Cancelled];
        JsonOutput = typeof(JobRun);
        Details =
            "Where no server runs on the hub root, the run goes on in this process, which shows it until it has ended or waits again.";
        Examples =
        [
            ("hub approve last", "Let the newest run go on."),
            ("hub approve last release --refuse --reason \"totals are off\"", "Refuse, and say why."),
        ];
    }

    public override ExitCode Execute(Invocation invocation)
    {
        var root = invocation.HubRoot();
        var run = RunArguments.Find(invocation, root);
        return JobRuns.Within(
            root,
            new JobHubOptions(),
            async session =>
            {
                var node = invocation.Value(Node);
                await session.Decide(run.RunId, node, !invocation.Value(Refuse), invocation.Value(Reason), invocation.Cancellation);
                if (session.RunsEndHere)
                    return await JobRuns.Follow(invocation, session, run.RunId);
                if (invocation.Json)
                    invocation.Terminal.WriteRecord(session.Find(run.RunId));
                else
                    invocation.Terminal.WriteLine(
                        $"{(invocation.Value(Refuse) ? "refused" : "approved")}; 'hub runs watch {run.RunId}' shows what follows"
                    );
                return ExitCode.Done;
            }
        );
    }
}
