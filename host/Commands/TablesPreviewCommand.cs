using System.CommandLine;
using ServerlessHub.Api.Tables;
using ServerlessHub.Host.Output;

namespace ServerlessHub.Host.Commands;

/// <summary><c>hub tables preview</c></summary>
internal sealed class TablesPreviewCommand : HubCommand
{
    private static readonly Option<int> Rows = new("--rows", "-n")
    {
        Description = "How many rows; 20 unless given.",
        HelpName = "count",
        DefaultValueFactory = _ => 20,
    };

    private static readonly Option<long?> Version = new("--version")
    {
        Description = "The table as it was at this version.",
        HelpName = "number",
    };

    private static readonly Option<string?> At = new("--at")
    {
        Description = "The table as it was at this time, such as 2026-01-31T18:00:00Z.",
        HelpName = "time",
    };

    public TablesPreviewCommand()
        : base("preview", "Show the first rows of a table.")
    {
        Arguments.Add(TableArguments.Table);
        Options.Add(Rows);
        Options.Add(Version);
        Options.Add(At);
        Options.Add(CommonOptions.Root);
        Options.Add(CommonOptions.Json);
        ExitCodes = [ExitCode.NotFound, ExitCode.Failed];
        JsonOutput = typeof(RowsOutput);
        Examples =
        [
            ("hub tables preview staging.customer_snapshot -n 5", "Five rows."),
            ("hub tables preview staging.customer_snapshot --version 0", "As it was first."),
            ("hub tables preview staging.customer_snapshot --at 2026-01-31", "As it was when that day began."),
        ];
    }

    public override ExitCode Execute(Invocation invocation)
    {
        var root = invocation.HubRoot();
        var count = TableArguments.Count(invocation.Value(Rows));
        var name = Named.Table(root, invocation.Value(TableArguments.Table)!);
        var (version, at) = (TableArguments.Version(invocation.Value(Version)), invocation.Value(At));
        if (version is not null && at is not null)
            throw CommandException.Usage("--version and --at say two things", "give one of them");
        var snapshot = LakeTable.Read(root, name, version, at is null ? null : TableArguments.Time(at));
        var rows = TableRows.First(root, snapshot, count, invocation.Cancellation);
        rows.Write(invocation, name.ToString());
        return ExitCode.Done;
    }
}
