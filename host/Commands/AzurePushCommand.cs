using System.CommandLine;
using ServerlessHub.Host.Deployment;
using ServerlessHub.Host.Output;

namespace ServerlessHub.Host.Commands;

/// <summary><c>hub azure push</c></summary>
internal sealed class AzurePushCommand : HubCommand
{
    private static readonly Argument<string> Target = new("to")
    {
        Description = "An environment (dev, test, prod), or the address of a hub root in Azure storage.",
        HelpName = "to",
    };

    public AzurePushCommand()
        : base("push", "Bring the configuration of this hub root to one on Azure.")
    {
        Arguments.Add(Target);
        Options.Add(AzureTransfer.App);
        Options.Add(AzureTransfer.DryRun);
        Options.Add(AzureTransfer.Delete);
        Options.Add(CommonOptions.Root);
        Options.Add(CommonOptions.Json);
        ExitCodes = [ExitCode.Invalid, ExitCode.NotFound, ExitCode.Failed];
        JsonOutput = typeof(ConfigTransferOutput);
        Details = """
            Every document is checked first, and if one is not valid nothing is brought. Then what differs is shown, line by line, and brought in an
            order in which no document is there before what it names. What somebody else changes there meanwhile is not overwritten.
            """;
        Examples =
        [
            ("hub azure push dev --dry-run", "What would change."),
            ("hub azure push dev", "Bring it."),
            ("hub azure push dev --app customer", "As the team of an application does."),
            ("hub azure push abfss://hub@account.dfs.core.windows.net/ --delete", "To an address, and remove what is not here."),
        ];
    }

    public override ExitCode Execute(Invocation invocation) =>
        AzureTransfer.Run(invocation, invocation.HubRoot(), AzureEnvironment.HubRootOf(invocation.Value(Target)!), leavesOwn: false);
}
