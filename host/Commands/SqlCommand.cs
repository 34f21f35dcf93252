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

    private const int RowsShown = 100;

    private static readonly Option<int?> Rows = new("--rows", "-n")
    {
        Description = "How many rows at most; 100 unless given, and all with --csv.",
        HelpName = "count",
    };

    private static readonly Option<bool> Csv = new("--csv")
    {
        Description = "Print CSV, and nothing else, on standard output, as the rows come: for a file of any size.",
    };

    public SqlCommand()
        : base("sql", "Ask the lake's tables in SQL.")
    {
        Details =
            "Tables are named layer.table, or app.layer.table where several applications have one of that name. The query reads the "
            + "tables it names, and nothing else; it cannot write. A table is read as it is now or, with AT (VERSION => 3) or "
            + "AT (TIMESTAMP => '2026-01-31T18:00:00Z') behind its name, as it was.";
        Arguments.Add(Text);
        Options.Add(Rows);
        Options.Add(Csv);
        Options.Add(TableArguments.Memory);
        Options.Add(CommonOptions.Root);
        Options.Add(CommonOptions.Json);
        ExitCodes = [ExitCode.NotFound, ExitCode.Failed];
        JsonOutput = typeof(RowsOutput);
        Examples =
        [
            ("hub sql \"select country, count(*) from service.customer group by all\"", "A question."),
            ("hub sql \"from staging.customer_snapshot limit 5\" --json", "For a program."),
            ("hub sql \"from staging.customer_snapshot at (version => 3)\" --csv", "All of it as it was, for a file."),
        ];
    }

    public override ExitCode Execute(Invocation invocation)
    {
        var root = invocation.HubRoot();
        var count = invocation.Value(Rows) is { } typed ? TableArguments.Count(typed) : (int?)null;
        if (invocation.Json && invocation.Value(Csv))
            throw CommandException.Usage("--json and --csv say two things", "give one of them");
        var text = invocation.Value(Text)!;
        if (text == "-")
            text = Console.In.ReadToEnd();
        using var query = LakeQuery.Open(
            root,
            text.TrimEnd().TrimEnd(';'),
            name => Named.Table(root, name),
            TableArguments.MemoryOf(invocation),
            invocation.Cancellation
        );
        if (invocation.Value(Csv))
            return query.Read(() => WriteCsv(invocation, query, count));
        var rows = query.Read(() => TableRows.Read(query.Connection, query.Sql, count ?? RowsShown, invocation.Cancellation));
        rows.Write(invocation, "query");
        return ExitCode.Done;
    }

    private static ExitCode WriteCsv(Invocation invocation, LakeQuery query, int? count)
    {
        var rows = $"SELECT * FROM (\n{query.Sql}\n)";
        using var statement = query.Connection.Prepare(rows);
        var columns = statement.Columns;
        invocation.Terminal.Output.Write($"{RowText.CsvHeading(columns)}\n");
        var limit = count is null ? "" : $" LIMIT {count}";
        using var lines = query.Connection.Query($"SELECT {RowText.Csv(columns)} FROM ({rows}) AS r{limit}", invocation.Cancellation);
        foreach (var line in lines.Rows())
            invocation.Terminal.Output.Write($"{line[0]}\n");
        return ExitCode.Done;
    }
}
