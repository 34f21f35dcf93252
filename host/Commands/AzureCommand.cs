using System.CommandLine;
using ServerlessHub.Host.Deployment;

namespace ServerlessHub.Host.Commands;

/// <summary><c>hub azure</c></summary>
internal sealed class AzureCommand : HubCommand
{
    /// <summary>The environment.</summary>
    public static readonly Argument<string> Environment = new("environment")
    {
        Description = $"Which of {string.Join(", ", AzureEnvironment.Names)}.",
        HelpName = "environment",
    };

    /// <summary>What is asked otherwise is answered with yes.</summary>
    public static readonly Option<bool> Yes = new("--yes") { Description = "Do it without asking." };

    public AzureCommand()
        : base("azure", "Deploy a hub to Azure, bring documents to it, and see how it is.")
    {
        Subcommands.Add(new AzureDeployCommand());
        Subcommands.Add(new AzurePushCommand());
        Subcommands.Add(new AzurePromoteCommand());
        Subcommands.Add(new AzureStatusCommand());
        Details = "It acts through the Azure CLI, az, as whoever is signed in there, in the subscription that is chosen there.";
    }

    public override ExitCode Execute(Invocation invocation) => CommandHelp.Write(this, invocation.Terminal.Output);

    /// <summary>The environment that was named.</summary>
    /// <exception cref="CommandException">It is none.</exception>
    public static string Named(Invocation invocation)
    {
        var name = invocation.Value(Environment)!;
        return AzureEnvironment.Names.Contains(name)
            ? name
            : throw CommandException.Usage($"'{name}' is no environment", $"say {string.Join(", ", AzureEnvironment.Names)}");
    }

    /// <summary>Asks a person whether to go on.</summary>
    /// <exception cref="CommandException">The answer is no, or nobody can be asked.</exception>
    public static void Confirm(Invocation invocation, string question)
    {
        if (invocation.Value(Yes))
            return;
        if (Console.IsInputRedirected)
            throw CommandException.Usage("nobody can be asked whether this is to be done", "say --yes if it is");
        invocation.Terminal.Output.Flush();
        invocation.Terminal.Error.Write($"{question} [y/N] ");
        if (Console.ReadLine()?.Trim().ToLowerInvariant() is not ("y" or "yes"))
            throw new CommandException(ExitCode.Cancelled, "nothing was done");
    }
}
