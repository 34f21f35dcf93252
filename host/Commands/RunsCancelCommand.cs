using System.CommandLine;
using ServerlessHub.Host.Output;
using ServerlessHub.Orchestrations;
using ServerlessHub.Orchestrations.Runs;

namespace ServerlessHub.Host.Commands;

/// <summary><c>hub runs cancel</c></summary>
internal sealed class RunsCancelCommand : HubCommand
{
    private static readonly Option<bool> Finish = new("--finish")
    {
        Description = "Let the pipelines that run finish; nothing new begins. Without it they are stopped, and leave nothing half-written.",
    };

    public RunsCancelCommand()
        : base("cancel", "Cancel a run, and wait until it has ended.")
    {
        Arguments.Add(RunArguments.Run);
        Options.Add(Finish);
        Options.Add(CommonOptions.Root);
        Options.Add(CommonOptions.Json);
        ExitCodes = [ExitCode.Failed, ExitCode.NotFound];
        JsonOutput = typeof(JobRun);
        Details = "What is committed stays; 'hub runs undo' takes it back, and 'hub runs rerun' goes on from there.";
        Examples = [("hub runs cancel last", "Stop the newest run."), ("hub runs cancel last --finish", "Let finish what has begun.")];
    }

    public override ExitCode Execute(Invocation invocation)
    {
        var root = invocation.HubRoot();
        var run = RunArguments.Find(invocation, root);
        if (run.HasEnded)
            throw new CommandException(
                ExitCode.Failed,
                $"run {run.RunId} has ended: {JobRunText.StatusOf(run.Status)}",
                "only a run that goes on can be cancelled"
            );
        return JobRuns.Within(
            root,
            new JobHubOptions(),
            async session =>
            {
                await session.Cancel(run.RunId, stop: !invocation.Value(Finish), invocation.Cancellation);
                var code = await JobRuns.Follow(invocation, session, run.RunId);
                return code == ExitCode.Cancelled ? ExitCode.Done : code;
            }
        );
    }
}
