using System.CommandLine;
using ServerlessHub.Host.Output;
using ServerlessHub.Orchestrations.Runs;
using ServerlessHub.Pipelines.Definitions;
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

    private static readonly Argument<string> Document = new("document")
    {
        Description = "The pipeline, job or stream: its id, app/layer/id where the id alone is not clear, or its file.",
    };

    public PlanCommand()
        : base(
            "plan",
            "Show what a pipeline, a job or a stream would do: its graph, what it reads and writes, a pipeline's SQL, a job's policies and times, a stream's tables."
        )
    {
        Arguments.Add(Document);
        Options.Add(ShowSql);
        Options.Add(Lineage);
        Options.Add(CommonOptions.Parameter);
        Options.Add(CommonOptions.Root);
        Options.Add(CommonOptions.Json);
        ExitCodes = [ExitCode.Invalid, ExitCode.NotFound];
        JsonOutput = typeof(PlanOutput);
        JobJsonOutput = typeof(JobPlanOutput);
        StreamJsonOutput = typeof(StreamPlanOutput);
        Details = """
            Nothing is run and nothing is written. In the graph ● is a dataset, ▶ a target, ○ a dataset that no target needs: it is never read or
            computed. In that of a job ● is a pipeline, ◆ an approval, ■ another job. In that of a stream ○ is where its events come from, ● a table, ▶ what is sent on;
            below it stands each table with its columns, their types, and what they come from.
            """;
        Examples =
        [
            ("hub plan customer_staging_load", "The graph."),
            ("hub plan customer_staging_load --sql", "With the SQL that would run."),
            ("hub plan customer_staging_load --lineage revenue", "Where the column revenue comes from."),
            ("hub plan customer_master", "A job: what runs after what, and what happens when it fails."),
            ("hub plan web_orders", "A stream: its tables, their columns, and where these come from."),
        ];
    }

    public override ExitCode Execute(Invocation invocation)
    {
        var root = invocation.HubRoot();
        var document = Named.AnyDocument(root, invocation.Value(Document)!);
        return document.Kind switch
        {
            DocumentKind.Job => PlanJob(invocation, root, document),
            DocumentKind.Stream => PlanStream(invocation, root, document),
            _ => PlanPipeline(invocation, root, document),
        };
    }

    private static ExitCode PlanJob(Invocation invocation, HubRoot root, HubDocument document)
    {
        if (invocation.Value(ShowSql) || invocation.Value(Lineage) is not null)
            throw CommandException.Usage("--sql and --lineage show a pipeline, and this is a job", "name one of its pipelines");
        var job = JobPlans.Validate(root, document, invocation.Parameters());
        using var history = new RunHistory(root, new RunDocuments(root.Storage), TimeProvider.System);
        var durations = history.Durations(document.Address.App, document.Address.Id, invocation.Cancellation);
        var plan = JobPlans.Of(document, job, durations, TimeProvider.System.GetUtcNow());
        if (invocation.Json)
            invocation.Terminal.WriteJson(plan, OutputJson.Default.JobPlanOutput);
        else
        {
            JobPlanText.Write(invocation.Terminal, plan);
            DiagnosticText.Write(invocation.Terminal, job.Findings, name => FindingText.Of(root, name), toError: true);
        }
        return ExitCode.Done;
    }

    private static ExitCode PlanStream(Invocation invocation, HubRoot root, HubDocument document)
    {
        if (invocation.Value(ShowSql) || invocation.Parameters().Count > 0)
            throw CommandException.Usage("--sql and -p are for pipelines and jobs, and this is a stream", "leave them out");
        var (plan, findings) = StreamPlans.Of(root, document);
        var column = Column(invocation.Value(Lineage), plan.Tables.SelectMany(t => t.Columns ?? []).Select(c => c.Name), document);
        if (invocation.Json)
            invocation.Terminal.WriteJson(plan, OutputJson.Default.StreamPlanOutput);
        else
        {
            StreamPlanText.Write(invocation.Terminal, plan, column);
            DiagnosticText.Write(invocation.Terminal, findings, name => FindingText.Of(root, name), toError: true);
        }
        return ExitCode.Done;
    }

    private static ExitCode PlanPipeline(Invocation invocation, HubRoot root, HubDocument document)
    {
        var plan = Plans.Of(root, document, invocation.Parameters());
        var column = Column(invocation.Value(Lineage), plan.Output.Targets.SelectMany(t => t.Columns).Select(c => c.Name), document);
        if (invocation.Json)
            invocation.Terminal.WriteJson(plan.Output, OutputJson.Default.PlanOutput);
        else
        {
            PlanText.WriteGraph(invocation.Terminal, plan.Output);
            if (invocation.Value(Lineage) is not null)
                PlanText.WriteLineage(invocation.Terminal, plan.Output, column);
            if (invocation.Value(ShowSql))
                PlanText.WriteSql(invocation.Terminal, plan.Output);
            DiagnosticText.Write(invocation.Terminal, plan.Findings, name => FindingText.Of(root, name), toError: true);
        }
        if (plan.WhyNoSql is { } reason)
            ErrorText.Write(invocation.Terminal, $"there is no SQL yet: {reason.Message}", reason.Hint);
        return ExitCode.Done;
    }

    /// <summary>The one column whose lineage is asked for; null for all.</summary>
    private static string? Column(string? asked, IEnumerable<string> columns, HubDocument document)
    {
        if (asked is null or "all")
            return null;
        var known = columns.Distinct().ToList();
        return known.Contains(asked, StringComparer.OrdinalIgnoreCase)
            ? asked
            : throw CommandException.NotFound(
                $"'{document.Address.Id}' writes no column '{asked}'",
                NearestName.Hint(asked, known) ?? $"it writes: {string.Join(", ", known)}"
            );
    }
}
