using System.Text.Json.Nodes;
using ServerlessHub.Lake.Storage;

namespace ServerlessHub.Host.Deployment;

/// <summary>A hub on Azure, as its deployment left it.</summary>
/// <param name="Name">Which of the environments it is.</param>
/// <param name="Deployment">The deployment, as Azure tells of it.</param>
internal sealed record AzureEnvironment(string Name, JsonNode Deployment)
{
    /// <summary>The environments there may be.</summary>
    public static readonly string[] Names = ["dev", "test", "prod"];

    /// <summary>How the deployment ended.</summary>
    public string State => Text(Deployment["properties"]?["provisioningState"]);

    /// <summary>When it ended.</summary>
    public string Time => Text(Deployment["properties"]?["timestamp"]);

    /// <summary>Where its deployment is kept.</summary>
    public string Location => Text(Deployment["location"]);

    /// <summary>The resource group.</summary>
    public string ResourceGroup => Output("resourceGroup");

    /// <summary>The hub root's address.</summary>
    public string HubRoot => Output("hubRoot");

    /// <summary>The Functions app.</summary>
    public string FunctionApp => Output("functionApp");

    /// <summary>Where its API answers.</summary>
    public string Address => Output("address");

    /// <summary>What a deployment made.</summary>
    /// <param name="name">The name of an output of <c>infra/main.bicep</c>.</param>
    /// <exception cref="CommandException">The deployment has not ended well.</exception>
    public string Output(string name) =>
        Deployment["properties"]?["outputs"]?[name]?["value"] is { } value
            ? Text(value)
            : throw new CommandException(
                ExitCode.Failed,
                $"the deployment of '{Name}' made no {name}: it is {State}",
                $"deploy it again: hub azure deploy {Name}"
            );

    /// <summary>The name of an environment's deployment.</summary>
    public static string DeploymentOf(string name) => $"hub-{name}";

    /// <summary>An environment; null where it was never deployed.</summary>
    /// <exception cref="CommandException">Azure cannot be asked.</exception>
    public static AzureEnvironment? Find(Az az, string name) =>
        az.Find("deployment", "sub", "show", "--name", DeploymentOf(name)) is { } deployment
            ? new AzureEnvironment(name, deployment)
            : null;

    /// <summary>The address of the hub root that a name means: an environment's, or the address itself.</summary>
    /// <exception cref="CommandException">It is neither, or was never deployed.</exception>
    public static string HubRootOf(string name)
    {
        if (AzurePlace.IsOne(name))
            return name;
        if (!Names.Contains(name))
            throw CommandException.Usage(
                $"'{name}' is no environment and no address",
                $"say {string.Join(", ", Names)}, or abfss://container@account.dfs.core.windows.net/"
            );
        return (
            Find(Az.Open(), name)
            ?? throw CommandException.NotFound($"'{name}' was never deployed", $"do so with 'hub azure deploy {name}'")
        ).HubRoot;
    }

    private static string Text(JsonNode? node) => node?.ToString() ?? "";
}
