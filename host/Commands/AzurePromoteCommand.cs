using System.CommandLine;
using ServerlessHub.Host.Deployment;
using ServerlessHub.Host.Output;
using ServerlessHub.Pipelines.Running;

namespace ServerlessHub.Host.Commands;

/// <summary><c>hub azure promote</c></summary>
internal sealed class AzurePromoteCommand : HubCommand
{
    private static readonly Argument<string> Source = new("from")
    {
        Description = "The environment, or the address of the hub root, whose configuration it is.",
        HelpName = "from",
    };

    private static readonly Argument<string> Target = new("to")
    {
        Description = "The environment, or the address of the hub root, that gets it.",
        HelpName = "to",
    };

    public AzurePromoteCommand()
        : base("promote", "Bring the configuration of one environment to the next.")
    {
        Arguments.Add(Source);
        Arguments.Add(Target);
        Options.Add(AzureTransfer.App);
        Options.Add(AzureTransfer.DryRun);
        Options.Add(AzureTransfer.Delete);
        Options.Add(CommonOptions.Json);
        ExitCodes = [ExitCode.Invalid, ExitCode.NotFound, ExitCode.Failed];
        JsonOutput = typeof(ConfigTransferOutput);
        Details = """
            As 'hub azure push', from one hub root on Azure to another. Connections (resources/) and mounts are the environment's own: those that are
            there stay as they are.
            """;
        Examples =
        [
            ("hub azure promote dev test --dry-run", "In what the two differ."),
            ("hub azure promote test prod", "What was tried in test becomes prod's."),
        ];
    }

    public override ExitCode Execute(Invocation invocation)
    {
        var (from, to) = (AzureEnvironment.HubRootOf(invocation.Value(Source)!), AzureEnvironment.HubRootOf(invocation.Value(Target)!));
        if (from == to)
            throw CommandException.Usage("both are the same hub root");
        return AzureTransfer.Run(invocation, new HubRoot(from), to, leavesOwn: true);
    }
}
