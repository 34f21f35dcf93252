using System.CommandLine;
using ServerlessHub.Host.Output;

namespace ServerlessHub.Host.Commands;

/// <summary><c>hub tables restore</c></summary>
internal sealed class TablesRestoreCommand : HubCommand
{
    private static readonly Option<long?> Version = new("--version")
    {
        Description = "The version whose rows, columns and properties the table gets again.",
        HelpName = "number",
    };

    private static readonly Option<string?> At = new("--at")
    {
        Description = "A time instead of a version, such as 2026-01-31T18:00:00Z: the version that was the newest then.",
        HelpName = "time",
    };

    public TablesRestoreCommand()
        : base("restore", "Make a table what it was at a version or a time.")
    {
        Details =
            "This is a new version with the old rows. Nothing of the history is lost, so that restoring to the version before undoes it. "
            + "It fails, and changes nothing, where data files of the old version have been removed.";
        Arguments.Add(TableArguments.Table);
        Options.Add(Version);
        Options.Add(At);
        Options.Add(CommonOptions.Root);
        Options.Add(CommonOptions.Json);
        ExitCodes = [ExitCode.NotFound, ExitCode.Failed];
        JsonOutput = typeof(TableCommitOutput);
        Examples =
        [
            ("hub tables restore staging.customer_snapshot --version 3", "To a version."),
            ("hub tables restore staging.customer_snapshot --at 2026-01-31T18:00:00Z", "To a time."),
        ];
    }

    public override ExitCode Execute(Invocation invocation)
    {
        var root = invocation.HubRoot();
        var (version, at) = (TableArguments.Version(invocation.Value(Version)), invocation.Value(At));
        if (version is null == at is null)
            throw CommandException.Usage("say what to restore to", "give --version or --at; 'hub tables history' shows the versions");
        var name = Named.Table(root, invocation.Value(TableArguments.Table)!);
        var time = at is null ? (DateTimeOffset?)null : TableArguments.Time(at);
        var table = LakeTable.Open(root, name);
        var restored = TableArguments.Commit(invocation, options => table.StageRestore(options, version, time, invocation.Cancellation));
        TableCommitOutput.Write(invocation, name, restored, "restored");
        return ExitCode.Done;
    }
}
