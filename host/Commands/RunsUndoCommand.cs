using System.CommandLine;
using ServerlessHub.Host.Output;
using ServerlessHub.Orchestrations.Runs;

namespace ServerlessHub.Host.Commands;

/// <summary><c>hub runs undo</c></summary>
internal sealed class RunsUndoCommand : HubCommand
{
    private static readonly Option<bool> DryRun = new("--dry-run") { Description = "Show what would be done, and do nothing." };

    public RunsUndoCommand()
        : base("undo", "Make every table that a run wrote what it was before.")
    {
        Arguments.Add(RunArguments.Run);
        Options.Add(DryRun);
        Options.Add(CommonOptions.Root);
        Options.Add(CommonOptions.Json);
        ExitCodes = [ExitCode.Failed, ExitCode.NotFound];
        JsonOutput = typeof(UndoOutput);
        Details = """
            Each table gets a new version with its rows of before; nothing of its history is lost. What the run's pipelines had read is read again by the
            next run. Where a later run has built on it, nothing is changed, and it says on what. Files and databases stay as they are, and are named.
            """;
        Examples = [("hub runs undo last --dry-run", "What would be done."), ("hub runs undo last", "Do it.")];
    }

    public override ExitCode Execute(Invocation invocation)
    {
        var root = invocation.HubRoot();
        using var history = RunArguments.History(root);
        var run = Named.Run(history, invocation.Value(RunArguments.Run)!);
        // It works on the storage, under the locks of the pipelines, so it needs no server, and does no harm beside one.
        var undo = new RunUndo(root, history, TimeProvider.System);
        var plan = undo.Plan(run);
        if (!invocation.Json)
            UndoText.Write(invocation.Terminal, plan);
        var isDone = plan.Refusals.Count == 0 && !invocation.Value(DryRun);
        if (isDone)
            undo.Undo(run, Environment.UserName, invocation.Cancellation);
        if (invocation.Json)
            invocation.Terminal.WriteRecord(UndoOutput.Of(plan, isDone));
        else if (isDone)
            invocation.Terminal.Line($"[green bold]undone[/]  run {run.RunId}");
        return plan.Refusals.Count == 0 ? ExitCode.Done : ExitCode.Failed;
    }
}
