using ServerlessHub.Host.Commands;
using ServerlessHub.Lake.Storage;
using ServerlessHub.Pipelines.Running;

namespace ServerlessHub.Host;

/// <summary>Finds the hub root a command is about: <c>--root</c>, else <c>HUB_ROOT</c>, else the nearest folder upwards that is one. The first two may name an address in Azure storage.</summary>
internal static class HubRootLocation
{
    /// <summary>The environment variable that names the hub root.</summary>
    public const string Variable = "HUB_ROOT";

    /// <summary>The hub root.</summary>
    /// <exception cref="CommandException">There is none.</exception>
    public static HubRoot HubRoot(this Invocation invocation)
    {
        var (folder, from) =
            invocation.Value(CommonOptions.Root) is { } option ? (option, "--root")
            : Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } variable ? (variable, Variable)
            : (Upwards(Environment.CurrentDirectory), "");
        if (folder is null)
            throw CommandException.NotFound(
                "this is not within a hub root: no folder from here upwards holds config/applications",
                $"name one with --root or {Variable}, or make one with 'hub init'"
            );
        if (!AzurePlace.IsOne(folder) && !Directory.Exists(folder))
            throw CommandException.NotFound(
                $"there is no folder '{folder}' ({from})",
                "make a hub root there with 'hub init', or name another"
            );
        return new HubRoot(folder);
    }

    /// <summary>The nearest folder that holds <c>config/applications</c>, from this one upwards; null when none does.</summary>
    public static string? Upwards(string folder)
    {
        for (var at = new DirectoryInfo(folder); at is not null; at = at.Parent)
            if (Directory.Exists(Path.Combine(at.FullName, "config", "applications")))
                return at.FullName;
        return null;
    }
}
