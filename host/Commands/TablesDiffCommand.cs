using System.CommandLine;
using ServerlessHub.Host.Output;

namespace ServerlessHub.Host.Commands;

/// <summary><c>hub tables diff</c></summary>
internal sealed class TablesDiffCommand : HubCommand
{
    private static readonly Option<long?> From = new("--from")
    {
        Description = "The version to compare with; the one before --to unless given.",
        HelpName = "number",
    };

    private static readonly Option<long?> To = new("--to")
    {
        Description = "The version that is compared; the newest unless given.",
        HelpName = "number",
    };

    private static readonly Option<string?> Keys = new("--keys")
    {
        Description =
            "The columns by which a row is known again, with commas between them. Without, a changed row is one removed and one added.",
        HelpName = "columns",
    };

    private static readonly Option<int> Rows = new("--rows", "-n")
    {
        Description = "How many differing rows at most; 20 unless given.",
        HelpName = "count",
        DefaultValueFactory = _ => 20,
    };

    public TablesDiffCommand()
        : base("diff", "Compare two versions of a table, row by row.")
    {
        Details = "Only the files that are not part of both versions are read.";
        Arguments.Add(TableArguments.Table);
        Options.Add(From);
        Options.Add(To);
        Options.Add(Keys);
        Options.Add(Rows);
        Options.Add(TableArguments.Memory);
        Options.Add(CommonOptions.Root);
        Options.Add(CommonOptions.Json);
        ExitCodes = [ExitCode.NotFound, ExitCode.Failed];
        JsonOutput = typeof(TableDiffOutput);
        Examples =
        [
            ("hub tables diff service.customer --keys customer_id", "What the last commit changed."),
            ("hub tables diff service.customer --from 3 --to 5 --keys customer_id", "What changed between two versions."),
        ];
    }

    public override ExitCode Execute(Invocation invocation)
    {
        var root = invocation.HubRoot();
        var rows = TableArguments.Count(invocation.Value(Rows));
        var name = Named.Table(root, invocation.Value(TableArguments.Table)!);
        var to = LakeTable.Read(root, name, TableArguments.Version(invocation.Value(To)));
        var from = LakeTable.Read(root, name, TableArguments.Version(invocation.Value(From)) ?? Before(name.ToString(), to.Version));
        string[] keys =
        [
            .. (invocation.Value(Keys) ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries),
        ];
        using var engine = TableArguments.Engine(invocation, root);
        var diff = TableDiff.Compare(engine.Connection, name.ToString(), from, to, keys, rows, invocation.Cancellation);
        if (invocation.Json)
            invocation.Terminal.WriteJson(diff.ToOutput(), OutputJson.Default.TableDiffOutput);
        else
            diff.Write(invocation.Terminal);
        return ExitCode.Done;
    }

    private static long Before(string table, long version) =>
        version > 0
            ? version - 1
            : throw CommandException.Usage($"version 0 of {table} is the first, and there is none to compare with", "give --from and --to");
}
