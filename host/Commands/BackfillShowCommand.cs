using System.CommandLine;
using ServerlessHub.Host.Output;
using ServerlessHub.Orchestrations.Backfills;

namespace ServerlessHub.Host.Commands;

/// <summary><c>hub backfill show</c></summary>
internal sealed class BackfillShowCommand : HubCommand
{
    /// <summary>The backfill a command is about.</summary>
    public static Argument<string> Id { get; } = new("backfill") { Description = "The backfill's id." };

    public BackfillShowCommand()
        : base("show", "Show a backfill with its dates and their runs.")
    {
        Arguments.Add(Id);
        Options.Add(CommonOptions.Root);
        Options.Add(CommonOptions.Json);
        ExitCodes = [ExitCode.NotFound, ExitCode.Failed];
        JsonOutput = typeof(Backfill);
        Examples = [("hub backfill show 20261127-184826-fac58a33", "One backfill.")];
    }

    public override ExitCode Execute(Invocation invocation)
    {
        var id = invocation.Value(Id)!;
        var backfill =
            BackfillControl.Find(invocation.HubRoot().Storage, id)
            ?? throw CommandException.NotFound($"there is no backfill '{id}'", "'hub backfill list' shows those that are there");
        if (invocation.Json)
            invocation.Terminal.WriteJson(backfill, OutputJson.Default.Backfill);
        else
            BackfillText.Write(invocation.Terminal, backfill);
        return ExitCode.Done;
    }
}
