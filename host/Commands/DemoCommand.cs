using System.CommandLine;
using System.Text.Json.Nodes;
using ServerlessHub.Host.Output;
using ServerlessHub.Pipelines.Running;
using ServerlessHub.Samples;

namespace ServerlessHub.Host.Commands;

/// <summary><c>hub demo</c></summary>
internal sealed class DemoCommand : HubCommand
{
    private const int Seed = 1;
    private const int RowsShown = 5;
    private const string Application = "customer";
    private static readonly string[] Pipelines = ["customer_staging_load", "customer_standardization", "customer_service_export"];

    private static readonly Option<int> Rows = new("--rows")
    {
        Description = "How many customers to make; a million unless given.",
        HelpName = "count",
        DefaultValueFactory = _ => 1_000_000,
    };

    private static readonly Option<string?> Root = new("--root")
    {
        Description = "The hub root to make, or use; a new folder among the temporary ones unless given.",
        HelpName = "folder",
    };

    public DemoCommand()
        : base("demo", "Make data, run a customer application's three pipelines on it, and show what comes of it.")
    {
        Options.Add(Rows);
        Options.Add(Root);
        Options.Add(RunCommand.Memory);
        Options.Add(RunCommand.Threads);
        Options.Add(CommonOptions.Json);
        ExitCodes = [ExitCode.Failed, ExitCode.Cancelled];
        JsonOutput = typeof(DemoOutput);
        Details = """
            The data is as dirty as real data is: duplicates, late updates, bad dates, missing keys. The pipelines take it from files and a database
            through staging, standardization and service, into Delta tables and exports. The folder stays for looking around.
            """;
        Examples =
        [
            ("hub demo", "A million customers."),
            ("hub demo --rows 5000000 --memory 1GB", "More than fits into the memory it is given."),
        ];
    }

    public override ExitCode Execute(Invocation invocation)
    {
        var rows = invocation.Value(Rows);
        if (rows < 1)
            throw CommandException.Usage("--rows takes a number from 1 on");
        var root = MakeRoot(invocation, rows);
        var parameters = new Dictionary<string, string> { ["runDate"] = SampleData.RunDate.ToString("yyyy-MM-dd") };
        var reports = new List<RunReport>();
        foreach (var pipeline in Pipelines)
        {
            var document = Named.Pipeline(root, pipeline);
            if (!invocation.Json)
                Announce(invocation.Terminal, Plans.Of(root, document, parameters).Output);
            reports.Add(RunCommand.Run(invocation, root, document, parameters));
            if (!invocation.Json)
                ReportText.Write(invocation.Terminal, reports[^1]);
            if (reports[^1].Status != RunStatus.Succeeded)
                break;
        }
        if (invocation.Json)
            WriteJson(invocation.Terminal, root, rows, reports);
        else if (reports[^1].Status == RunStatus.Succeeded)
            ShowResult(invocation, root, reports[^1]);
        return RunCommand.CodeOf(reports[^1]);
    }

    private static HubRoot MakeRoot(Invocation invocation, int rows)
    {
        var folder = Path.GetFullPath(invocation.Value(Root) ?? Directory.CreateTempSubdirectory("hub-demo-").FullName);
        invocation.Terminal.Error.WriteLine($"making {Quantity.Of(rows, "customer")} in {folder} …");
        SampleDocuments.CopyTo(folder);
        SampleData.Write(folder, Application, rows, Seed, invocation.Cancellation);
        return new HubRoot(folder);
    }

    private static void Announce(Terminal terminal, PlanOutput plan)
    {
        terminal.WriteLine();
        PlanText.WriteGraph(terminal, plan);
        terminal.Output.Flush();
    }

    private static void ShowResult(Invocation invocation, HubRoot root, RunReport last)
    {
        var address = new DocumentAddress(last.App, last.Layer, last.Pipeline);
        ResultText.Write(invocation.Terminal, root, address, last, RowsShown, invocation.Cancellation);
        invocation.Terminal.WriteLine();
        invocation.Terminal.WriteLine($"look around: hub tables list --root {root.Path}");
    }

    private static void WriteJson(Terminal terminal, HubRoot root, int rows, List<RunReport> reports) =>
        terminal.WriteJson(
            new DemoOutput(root.Path, rows, [.. reports.Select(r => JsonNode.Parse(RunRecord.ToJson(r))!)]),
            OutputJson.Default.DemoOutput
        );
}
