using System.CommandLine;
using ServerlessHub.Host.Deployment;

namespace ServerlessHub.Host.Commands;

/// <summary><c>hub azure deploy</c></summary>
internal sealed class AzureDeployCommand : HubCommand
{
    private static readonly Option<bool> WhatIf = new("--what-if") { Description = "Only show what would change." };

    private static readonly Option<string?> Location = new("--location")
    {
        Description = "The region, such as westeurope; needed the first time.",
        HelpName = "region",
    };

    private static readonly Option<string?> Parameters = new("--parameters")
    {
        Description = "A .bicepparam file in place of the environment's own below infra.",
        HelpName = "file",
    };

    private static readonly Option<string?> Package = new("--package")
    {
        Description = "The app's package, which is then brought to the app; eng/package-functions makes it.",
        HelpName = "zip",
    };

    public AzureDeployCommand()
        : base("deploy", "Make or change all that a hub needs on Azure: what would change first, then, if you say so, the change.")
    {
        Arguments.Add(AzureCommand.Environment);
        Options.Add(WhatIf);
        Options.Add(Location);
        Options.Add(Parameters);
        Options.Add(Package);
        Options.Add(AzureCommand.Yes);
        ExitCodes = [ExitCode.Failed, ExitCode.NotFound, ExitCode.Cancelled];
        Details = """
            The resources are described in infra, as Bicep, and go into a resource group of the environment. Whoever deploys must be allowed to make
            resources and to assign roles in the subscription. The first deployment makes the key of the API, in the vault. With --package the app is
            brought as well, the events of its storage are led to it, and the dashboards are imported where there is a Grafana.
            """;
        Examples =
        [
            ("hub azure deploy dev --location westeurope --what-if", "What the first deployment would make."),
            ("hub azure deploy prod --package functions.zip --yes", "Without asking, as a workflow does."),
        ];
    }

    public override ExitCode Execute(Invocation invocation)
    {
        var (name, package) = (AzureCommand.Named(invocation), invocation.Value(Package));
        var parameters = invocation.Value(Parameters) ?? Infrastructure.ParametersOf(name);
        foreach (var file in new[] { parameters, package }.OfType<string>().Where(f => !File.Exists(f)))
            throw CommandException.NotFound($"there is no file {file}");
        var az = Az.Open();
        var before = AzureEnvironment.Find(az, name);
        var location =
            invocation.Value(Location)
            ?? before?.Location
            ?? throw CommandException.Usage($"'{name}' was never deployed, and no region is given", "say --location, such as westeurope");
        string[] deployment =
        [
            "--name",
            AzureEnvironment.DeploymentOf(name),
            "--location",
            location,
            "--parameters",
            parameters,
            "--parameters",
            // The key is made once: whoever has it keeps it.
            $"makeApiKey={(before is null ? "true" : "false")}",
        ];
        invocation.Terminal.WriteLine($"subscription {az.Subscription}");
        invocation.Terminal.WriteLine(az.Say(["deployment", "sub", "what-if", .. deployment]));
        if (invocation.Value(WhatIf))
            return ExitCode.Done;
        AzureCommand.Confirm(invocation, $"deploy this as '{name}'?");
        invocation.Terminal.Error.WriteLine("deploying; this takes some minutes …");
        var made = new AzureEnvironment(
            name,
            az.Call(["deployment", "sub", "create", .. deployment])
                ?? throw new CommandException(ExitCode.Failed, "'az' tells nothing of it")
        );
        if (package is not null)
            new AppRollout(az, made, invocation.Terminal.Error).Bring(package);
        Infrastructure.ImportDashboard(az, made);
        invocation.Terminal.WriteLine($"{name} is deployed to {made.ResourceGroup}");
        invocation.Terminal.WriteLine($"hub root  {made.HubRoot}");
        invocation.Terminal.WriteLine($"API       {made.Address}");
        invocation.Terminal.WriteLine($"next      hub azure push {name}");
        return ExitCode.Done;
    }
}
