using ServerlessHub.Host.Deployment;
using ServerlessHub.Host.Output;

namespace ServerlessHub.Host.Commands;

/// <summary><c>hub azure status</c></summary>
internal sealed class AzureStatusCommand : HubCommand
{
    public AzureStatusCommand()
        : base("status", "How a hub on Azure was deployed, and whether it is well.")
    {
        Arguments.Add(AzureCommand.Environment);
        Options.Add(CommonOptions.Json);
        ExitCodes = [ExitCode.Failed, ExitCode.NotFound];
        JsonOutput = typeof(AzureStatusOutput);
        Examples = [("hub azure status dev", "Its deployment, its app, and what the app says of itself.")];
    }

    public override ExitCode Execute(Invocation invocation)
    {
        var name = AzureCommand.Named(invocation);
        var az = Az.Open();
        var environment =
            AzureEnvironment.Find(az, name)
            ?? throw CommandException.NotFound($"'{name}' was never deployed", $"do so with 'hub azure deploy {name}'");
        var app = az.Find("functionapp", "show", "--name", environment.FunctionApp, "--resource-group", environment.ResourceGroup);
        var status = new AzureStatusOutput(
            name,
            az.Subscription,
            environment.ResourceGroup,
            environment.State,
            environment.Time,
            environment.FunctionApp,
            (string?)app?["state"] ?? (string?)app?["properties"]?["state"] ?? "not there",
            environment.Address,
            AppHealth.Of(new Uri(environment.Address)),
            environment.HubRoot
        );
        if (invocation.Json)
            invocation.Terminal.WriteJson(status, OutputJson.Default.AzureStatusOutput);
        else
            Show(invocation.Terminal, status);
        return status is { Deployment: "Succeeded", Health: AppHealth.Healthy } ? ExitCode.Done : ExitCode.Failed;
    }

    private static void Show(Terminal terminal, AzureStatusOutput status)
    {
        foreach (
            var (what, value) in new[]
            {
                ("subscription", status.Subscription),
                ("resource group", status.ResourceGroup),
                ("deployment", $"{status.Deployment}, {status.Deployed}"),
                ("app", $"{status.FunctionApp}, {status.AppState}"),
                ("API", status.Address),
                ("health", status.Health),
                ("hub root", status.HubRoot),
            }
        )
            terminal.WriteLine($"{what, -16}{value}");
    }
}
