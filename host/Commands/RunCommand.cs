using System.CommandLine;
using ServerlessHub.Host.Output;
using ServerlessHub.Orchestrations.Runs;
using ServerlessHub.Pipelines.Definitions;
using ServerlessHub.Pipelines.Running;

namespace ServerlessHub.Host.Commands;

/// <summary><c>hub run</c></summary>
internal sealed class RunCommand : HubCommand
{
    private static readonly Argument<string> Document = new("document")
    {
        Description = "The pipeline or job: its id, app/layer/id where the id alone is not clear, or its file.",
    };

    private static readonly Option<string?> RunIdOption = new("--run-id")
    {
        Description = "The id of a pipeline's run. That of an earlier run means that run again: what it has written is not written twice.",
        HelpName = "id",
    };

    private static readonly Option<int> Show = new("--show")
    {
        Description = "Show the first rows of each target afterwards.",
        HelpName = "rows",
        DefaultValueFactory = _ => 0,
    };

    /// <summary>A run's memory.</summary>
    public static Option<string?> Memory { get; } =
        new("--memory")
        {
            Description =
                "Memory for the run, such as 2GB, the process itself counted; what does not fit goes to disk. At least 512MB is sensible; 60 % of the machine's unless given.",
            HelpName = "size",
        };

    /// <summary>A run's threads.</summary>
    public static Option<int?> Threads { get; } =
        new("--threads")
        {
            Description = "Threads for the engine at most; one a core unless given. Each takes 256 MiB of its memory.",
            HelpName = "count",
        };

    public RunCommand()
        : base("run", "Run a pipeline or a job and report what it did.")
    {
        Arguments.Add(Document);
        Options.Add(CommonOptions.Parameter);
        Options.Add(RunIdOption);
        Options.Add(Memory);
        Options.Add(Threads);
        Options.Add(Show);
        Options.Add(CommonOptions.Root);
        Options.Add(CommonOptions.Json);
        ExitCodes = [ExitCode.Failed, ExitCode.Invalid, ExitCode.NotFound, ExitCode.Cancelled];
        JsonOutput = typeof(RunReport);
        JobJsonOutput = typeof(JobRun);
        Details = """
            Every target is computed aside before the first is put in place, so a run that fails or is cancelled (Ctrl-C) leaves nothing half-written,
            and running again is safe. The report is kept in data/ops/runs. runDate and runTime may be given as parameters; they are today and now
            unless given.

            A job goes through the server where one runs on the hub root, else it is run here. Killed, it goes on with the next command that runs jobs.
            """;
        Examples =
        [
            ("hub run customer_staging_load -p runDate=2024-01-31", "With a parameter."),
            ("hub run customer_staging_load --show 5", "And look at what came of it."),
            ("hub run customer_master -p runDate=2024-01-31", "A job, with its nodes shown as they go on."),
            ("hub run customer_staging_load --memory 2GB --threads 2 --json", "With a budget, for a program."),
        ];
    }

    public override ExitCode Execute(Invocation invocation)
    {
        var root = invocation.HubRoot();
        var document = Named.Document(root, invocation.Value(Document)!);
        if (document.Kind == DocumentKind.Job)
            return JobRuns.Run(invocation, root, document, Budget(invocation));
        var report = Run(invocation, root, document, invocation.Parameters(), CheckedRunId(invocation));
        if (invocation.Json)
            invocation.Terminal.WriteLine(RunRecord.ToJson(report));
        else
            WriteReport(invocation, root, document, report);
        return CodeOf(report);
    }

    /// <summary>Runs a pipeline with its progress shown, with the budget that was typed.</summary>
    /// <exception cref="DocumentRefusedException">The document or a parameter is not valid.</exception>
    /// <exception cref="CommandException">The budget is none.</exception>
    public static RunReport Run(
        Invocation invocation,
        HubRoot root,
        HubDocument document,
        IReadOnlyDictionary<string, string> parameters,
        string? runId = null
    )
    {
        var findings = new Diagnostics();
        if (DocumentFile.Read(root, document, findings) is not { } file)
            throw new DocumentRefusedException(root, document, findings);
        var request = new RunRequest(file) { Parameters = parameters, RunId = runId };
        var runner = new PipelineRunner(root, Budget(invocation), TimeProvider.System);
        try
        {
            return RunProgress.Show(invocation.Terminal, watcher => runner.Run(request, watcher, invocation.Cancellation));
        }
        catch (InvalidDocumentException e)
        {
            throw new DocumentRefusedException(root, document, e.Findings);
        }
    }

    /// <summary>The budget that was typed.</summary>
    /// <exception cref="CommandException">It is none.</exception>
    public static RunOptions Budget(Invocation invocation)
    {
        if (invocation.Value(Threads) is < 1)
            throw CommandException.Usage("--threads takes a number from 1 on");
        return new RunOptions
        {
            MemoryLimitBytes = invocation.Value(Memory) is { } memory ? ByteSize.Parse(memory) : null,
            Threads = invocation.Value(Threads),
        };
    }

    /// <summary>What the process ends with after a run.</summary>
    public static ExitCode CodeOf(RunReport report) =>
        report.Status switch
        {
            RunStatus.Succeeded => ExitCode.Done,
            RunStatus.Cancelled => ExitCode.Cancelled,
            _ => ExitCode.Failed,
        };

    private static string? CheckedRunId(Invocation invocation) =>
        invocation.Value(RunIdOption) is not { } id || RunId.IsValid(id)
            ? invocation.Value(RunIdOption)
            : throw CommandException.Usage($"'{id}' cannot be a run's id", "letters, digits, '-', '_' and '.' make one, up to 100 of them");

    private static void WriteReport(Invocation invocation, HubRoot root, HubDocument document, RunReport report)
    {
        DiagnosticText.Write(invocation.Terminal, report.Findings, name => FindingText.Of(root, name), toError: true);
        ReportText.Write(invocation.Terminal, report);
        if (report.Status == RunStatus.Succeeded && invocation.Value(Show) is > 0 and var rows)
            ResultText.Write(invocation.Terminal, root, document.Address, report, rows, invocation.Cancellation);
    }
}
