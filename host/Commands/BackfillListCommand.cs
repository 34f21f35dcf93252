using ServerlessHub.Api.Backfills;
using ServerlessHub.Host.Output;
using ServerlessHub.Orchestrations.Backfills;

namespace ServerlessHub.Host.Commands;

/// <summary><c>hub backfill list</c></summary>
internal sealed class BackfillListCommand : HubCommand
{
    public BackfillListCommand()
        : base("list", "List the backfills, the newest first.")
    {
        Options.Add(CommonOptions.Root);
        Options.Add(CommonOptions.Json);
        ExitCodes = [ExitCode.NotFound, ExitCode.Failed];
        JsonOutput = typeof(BackfillListOutput);
        Examples = [("hub backfill list", "All of them, with how far they are.")];
    }

    public override ExitCode Execute(Invocation invocation)
    {
        var backfills = BackfillControl.List(invocation.HubRoot().Storage);
        if (invocation.Json)
            invocation.Terminal.WriteJson(new BackfillListOutput(backfills), OutputJson.Default.BackfillListOutput);
        else if (backfills.Count == 0)
            invocation.Terminal.Error.WriteLine("there are no backfills; 'hub backfill start' makes one");
        else
            invocation.Terminal.Write(BackfillText.List(backfills));
        return ExitCode.Done;
    }
}
