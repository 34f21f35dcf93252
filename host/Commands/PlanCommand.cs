using System.CommandLine;
using ServerlessHub.Host.Output;
using ServerlessHub.Pipelines.Connectors;
using ServerlessHub.Pipelines.Definitions;
using ServerlessHub.Pipelines.Planning;
using ServerlessHub.Pipelines.Running;

namespace ServerlessHub.Host.Commands;

/// <summary><c>hub plan</c></summary>
internal sealed class PlanCommand : HubCommand
{
    private static readonly Option<bool> ShowSql = new("--sql") { Description = "Show the SQL of each statement." };

    private static readonly Option<string?> Lineage = new("--lineage")
    {
        Description = "Show where a column that is written comes from; 'all' for every column.",
        HelpName = "column",
    };

    /// <summary>The pipeline a command is about.</summary>
    public static Argument<string> Pipeline { get; } =
        new("pipeline") { Description = "The pipeline: its id, app/layer/id where the id alone is not clear, or its file." };

    public PlanCommand()
        : base("plan", "Show what a pipeline would do: its graph, its SQL, what it reads and writes, and where each column comes from.")
    {
        Arguments.Add(Pipeline);
        Options.Add(ShowSql);
        Options.Add(Lineage);
        Options.Add(CommonOptions.Parameter);
        Options.Add(CommonOptions.Root);
        Options.Add(CommonOptions.Json);
        ExitCodes = [ExitCode.Invalid, ExitCode.NotFound];
        JsonOutput = typeof(PlanOutput);
        Details = """
            Nothing is run and nothing is written. In the graph ● is a dataset, ▶ a target, ○ a dataset that no target needs: it is never read or
            computed.
            """;
        Examples =
        [
            ("hub plan customer_staging_load", "The graph."),
            ("hub plan customer_staging_load --sql", "With the SQL that would run."),
            ("hub plan customer_staging_load --lineage revenue", "Where the column revenue comes from."),
        ];
    }

    public override ExitCode Execute(Invocation invocation)
    {
        var root = invocation.HubRoot();
        var document = Named.Pipeline(root, invocation.Value(Pipeline)!);
        using var validator = new PipelineValidator(root, TimeProvider.System);
        var findings = new Diagnostics();
        var file = DocumentFile.Read(root, document, findings);
        var validation = file is null ? null : validator.Validate(file, invocation.Parameters(), null);
        findings.AddRange(validation?.Findings ?? []);
        if (findings.HasErrors || validation?.Bound is null)
            return InvalidDocument.Show(invocation, root, document, findings);

        var (plan, whyNot) = Compile(validation);
        var output = Plans.Describe(document, validation.Bound, plan, findings);
        var column = invocation.Value(Lineage);
        if (
            column is not null and not "all"
            && !output.Targets.SelectMany(t => t.Columns).Any(c => c.Name.Equals(column, StringComparison.OrdinalIgnoreCase))
        )
            throw CommandException.NotFound(
                $"no target of '{document.Address.Id}' writes a column '{column}'",
                NearestName.Hint(column, output.Targets.SelectMany(t => t.Columns).Select(c => c.Name))
            );
        if (invocation.Json)
            invocation.Terminal.WriteJson(output, OutputJson.Default.PlanOutput);
        else
            Show(invocation, root, output, findings, column);
        if (whyNot is not null)
            ErrorText.Write(invocation.Terminal, $"there is no SQL yet: {whyNot.Message}", whyNot.Hint);
        return ExitCode.Done;
    }

    private static void Show(Invocation invocation, HubRoot root, PlanOutput output, Diagnostics findings, string? column)
    {
        var terminal = invocation.Terminal;
        PlanText.WriteGraph(terminal, output);
        if (column is not null)
            PlanText.WriteLineage(terminal, output, column == "all" ? null : column);
        if (invocation.Value(ShowSql))
            PlanText.WriteSql(terminal, output);
        DiagnosticText.Write(terminal, findings, name => FindingText.Of(root, name), toError: true);
    }

    // What a table that is yet to be made holds is not known, but the graph is.
    private static (ExecutionPlan? Plan, RunException? WhyNot) Compile(Validation validation)
    {
        try
        {
            return (PipelinePlanner.Plan(validation), null);
        }
        catch (RunException e)
        {
            return (null, e);
        }
    }
}
