using System.CommandLine;
using ServerlessHub.Orchestrations.Runs;
using ServerlessHub.Pipelines.Running;

namespace ServerlessHub.Host.Commands;

/// <summary>What the commands on runs take.</summary>
internal static class RunArguments
{
    /// <summary>The run a command is about.</summary>
    public static Argument<string> Run { get; } =
        new("run") { Description = "The run: its id, a beginning or an end of it that no other run has, or last." };

    /// <summary>The history of a hub root, read in this process; any number of processes may.</summary>
    public static RunHistory History(HubRoot root) => new(root, new RunDocuments(root.Storage), TimeProvider.System);

    /// <summary>The run that was typed, with its nodes.</summary>
    /// <exception cref="CommandException">There is none, or more than one.</exception>
    public static JobRun Find(Invocation invocation, HubRoot root)
    {
        using var history = History(root);
        return Named.Run(history, invocation.Value(Run)!);
    }
}
