namespace ServerlessHub.Host.Deployment;

/// <summary>The infrastructure's description, which comes with the program.</summary>
internal static class Infrastructure
{
    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "infra");

    /// <summary>The parameters of an environment.</summary>
    public static string ParametersOf(string environment) => Path.Combine(Folder, $"{environment}.bicepparam");

    /// <summary>Imports the dashboard where the environment has a Grafana.</summary>
    /// <exception cref="CommandException">It cannot be imported.</exception>
    public static void ImportDashboard(Az az, AzureEnvironment environment)
    {
        if (environment.Output("grafana") is { Length: > 0 } grafana)
            az.Say(
                "grafana",
                "dashboard",
                "create",
                "--name",
                grafana,
                "--resource-group",
                environment.ResourceGroup,
                "--overwrite",
                "true",
                "--definition",
                Path.Combine(Folder, "dashboards", "azure-monitor.json")
            );
    }
}
