using ServerlessHub.Host.Output;
using ServerlessHub.Host.Serving;
using ServerlessHub.Orchestrations.Runs;

namespace ServerlessHub.Host.Commands;

/// <summary><c>hub runs watch</c></summary>
internal sealed class RunsWatchCommand : HubCommand
{
    public RunsWatchCommand()
        : base("watch", "Watch a run until it has ended.")
    {
        Arguments.Add(RunArguments.Run);
        Options.Add(CommonOptions.Root);
        Options.Add(CommonOptions.Json);
        ExitCodes = [ExitCode.Failed, ExitCode.NotFound, ExitCode.Cancelled];
        JsonOutput = typeof(JobRun);
        Details =
            "Ctrl-C ends the watching, not the run. The code it ends with is that of the run: 1 if it failed, 130 if it was cancelled.";
        Examples = [("hub runs watch last", "The newest run.")];
    }

    public override ExitCode Execute(Invocation invocation)
    {
        var root = invocation.HubRoot();
        using var history = RunArguments.History(root);
        var run = Named.Run(history, invocation.Value(RunArguments.Run)!);
        if (!run.HasEnded && ServerFile.Find(root) is null)
            invocation.Terminal.Error.WriteLine(
                "no server runs on this hub root: the run goes on while a command runs jobs, or when 'hub serve' is started"
            );
        run = JobRunWatch.Follow(
            invocation.Terminal,
            () => history.Find(run.RunId) ?? run,
            r => RunShape.Of(root, history, r),
            r => r.HasEnded,
            invocation.Cancellation
        );
        JobRunText.WriteResult(invocation, run);
        return JobRuns.CodeOf(run);
    }
}
