using System.Reflection;
using System.Runtime.InteropServices;
using ServerlessHub.Engine;
using ServerlessHub.Host.Output;

namespace ServerlessHub.Host.Commands;

/// <summary><c>hub version</c></summary>
internal sealed class VersionCommand : HubCommand
{
    public VersionCommand()
        : base("version", "Show the versions of the hub, its engine and its runtime.")
    {
        Options.Add(CommonOptions.Json);
        JsonOutput = typeof(VersionOutput);
        Examples = [("hub version --json", "The same for a program.")];
    }

    /// <summary>The hub's own version.</summary>
    public static string Hub { get; } =
        typeof(VersionCommand).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0];

    public override ExitCode Execute(Invocation invocation)
    {
        var versions = new VersionOutput(
            Hub,
            Database.Version.TrimStart('v'),
            Environment.Version.ToString(),
            RuntimeInformation.RuntimeIdentifier
        );
        if (invocation.Json)
            invocation.Terminal.WriteJson(versions, OutputJson.Default.VersionOutput);
        else
            invocation.Terminal.WriteLine(
                $"ServerlessHub {versions.Hub} (DuckDB {versions.DuckDb}, .NET {versions.Runtime}, {versions.Platform})"
            );
        return ExitCode.Done;
    }
}
