using System.CommandLine;
using ServerlessHub.Api.Tables;
using ServerlessHub.Host.Output;
using ServerlessHub.Pipelines.Running;

namespace ServerlessHub.Host.Commands;

/// <summary><c>hub sql</c></summary>
internal sealed class SqlCommand : HubCommand
{
    private static readonly Argument<string> Text = new("query")
    {
        Description = "One SELECT, in quotes; '-' reads it from standard input.",
    };

    private static readonly Option<int> Rows = new("--rows", "-n")
    {
        Description = "How many rows at most; 100 unless given.",
        HelpName = "count",
        DefaultValueFactory = _ => 100,
    };

    public SqlCommand()
        : base("sql", "Ask the lake's tables in SQL.")
    {
        Details =
            "Tables are named layer.table, or app.layer.table where several applications have one of that name. The query reads the "
            + "tables it names, as they are now, and nothing else; it cannot write.";
        Arguments.Add(Text);
        Options.Add(Rows);
        Options.Add(CommonOptions.Root);
        Options.Add(CommonOptions.Json);
        ExitCodes = [ExitCode.NotFound, ExitCode.Failed];
        JsonOutput = typeof(RowsOutput);
        Examples =
        [
            ("hub sql \"select country, count(*) from service.customer group by all\"", "A question."),
            ("hub sql \"from staging.customer_snapshot limit 5\" --json", "For a program."),
        ];
    }

    public override ExitCode Execute(Invocation invocation)
    {
        var root = invocation.HubRoot();
        var count = TableArguments.Count(invocation.Value(Rows));
        var text = invocation.Value(Text)!;
        if (text == "-")
            text = Console.In.ReadToEnd();
        using var query = LakeQuery.Open(root, text.Trim().TrimEnd(';'), name => Named.Table(root, name));
        var rows = TableRows.Read(query.Connection, query.Sql, count, invocation.Cancellation);
        rows.Write(invocation, "query");
        return ExitCode.Done;
    }
}
