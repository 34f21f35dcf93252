using System.CommandLine;
using ServerlessHub.Host.Output;
using ServerlessHub.Orchestrations.Runs;

namespace ServerlessHub.Host.Commands;

/// <summary><c>hub runs list</c></summary>
internal sealed class RunsListCommand : HubCommand
{
    private static readonly Option<string?> App = new("--app") { Description = "Runs of this application.", HelpName = "app" };

    private static readonly Option<string?> Job = new("--job") { Description = "Runs of this job, by its id.", HelpName = "job" };

    private static readonly Option<string[]> Status = new("--status")
    {
        Description =
            "Runs that stand so: queued, running, completed, completed-with-errors, failed, cancelled or skipped. May be repeated.",
        HelpName = "status",
        DefaultValueFactory = _ => [],
    };

    private static readonly Option<bool> Failed = new("--failed")
    {
        Description = "Runs in which something failed: the same as --status failed --status completed-with-errors.",
    };

    private static readonly Option<string?> Since = new("--since")
    {
        Description = "Runs that were accepted at this time or later, such as 2026-01-31.",
        HelpName = "time",
    };

    private static readonly Option<string?> Until = new("--until")
    {
        Description = "Runs that were accepted before this time.",
        HelpName = "time",
    };

    private static readonly Option<string?> Error = new("--error")
    {
        Description = "Runs whose error has this text in it.",
        HelpName = "text",
    };

    private static readonly Option<int> Limit = new("--limit", "-n")
    {
        Description = $"How many runs; 20 unless given, {RunHistory.LargestPage} at most.",
        HelpName = "count",
        DefaultValueFactory = _ => 20,
    };

    private static readonly Option<string?> After = new("--after")
    {
        Description = "Goes on where a list ended: the cursor that it gave.",
        HelpName = "cursor",
    };

    public RunsListCommand()
        : base("list", "List the runs of jobs, the newest first.")
    {
        Options.Add(App);
        Options.Add(Job);
        Options.Add(Status);
        Options.Add(Failed);
        Options.Add(Since);
        Options.Add(Until);
        Options.Add(Error);
        Options.Add(Limit);
        Options.Add(After);
        Options.Add(CommonOptions.Root);
        Options.Add(CommonOptions.Json);
        ExitCodes = [ExitCode.Failed, ExitCode.NotFound];
        JsonOutput = typeof(RunPage);
        Details = """
            Those that go on and all that have ended, however long ago. For anything else, ask 'hub sql': runs that have ended are rows of ops.job_runs,
            their nodes of ops.node_runs, and every pipeline's run, also one that was run by itself, of ops.pipeline_runs.
            """;
        Examples =
        [
            ("hub runs list", "The last twenty."),
            ("hub runs list --job customer_master --failed --since 2026-01-01", "What went wrong with a job this year."),
            ("hub sql \"select job, status, count(*) from ops.job_runs group by all\"", "A question of one's own."),
        ];
    }

    public override ExitCode Execute(Invocation invocation)
    {
        var filter = Filter(invocation);
        var size = invocation.Value(Limit);
        if (size is < 1 or > RunHistory.LargestPage)
            throw CommandException.Usage($"{size} runs cannot be listed", $"--limit takes a number from 1 to {RunHistory.LargestPage}");
        using var history = RunArguments.History(invocation.HubRoot());
        RunPage page;
        try
        {
            page = history.Page(filter, invocation.Value(After), size, invocation.Cancellation);
        }
        catch (ArgumentException e) when (invocation.Value(After) is not null)
        {
            throw CommandException.Usage(e.Message.Split(" (")[0], "without --after the list begins with the newest run");
        }
        if (invocation.Json)
            invocation.Terminal.WriteRecord(page);
        else
            Write(invocation.Terminal, page);
        return ExitCode.Done;
    }

    private static void Write(Terminal terminal, RunPage page)
    {
        if (page.Runs.Count == 0)
            terminal.Error.WriteLine("there are no such runs");
        else
            terminal.Write(JobRunText.List(page.Runs));
        if (page.Next is { } next)
            terminal.Error.WriteLine($"there are more: --after {next}");
        foreach (var damaged in page.Damaged)
            terminal.Error.WriteLine($"warning: {damaged} cannot be read");
    }

    private static RunFilter Filter(Invocation invocation)
    {
        var statuses = invocation.Value(Status)!.Select(StatusOf).ToHashSet();
        if (invocation.Value(Failed))
            statuses.UnionWith([JobStatus.Failed, JobStatus.CompletedWithErrors]);
        return new RunFilter
        {
            App = invocation.Value(App),
            Job = invocation.Value(Job),
            Statuses = statuses.Count == 0 ? null : statuses,
            From = invocation.Value(Since) is { } since ? TableArguments.Time(since) : null,
            Until = invocation.Value(Until) is { } until ? TableArguments.Time(until) : null,
            ErrorText = invocation.Value(Error),
        };
    }

    private static JobStatus StatusOf(string text)
    {
        var name = text.Replace("-", "", StringComparison.Ordinal);
        var known = Enum.GetValues<JobStatus>();
        return known.Any(s => s.ToString().Equals(name, StringComparison.OrdinalIgnoreCase))
            ? Enum.Parse<JobStatus>(name, ignoreCase: true)
            : throw CommandException.Usage(
                $"'{text}' is no status",
                $"it is one of: {string.Join(", ", known.Select(s => JobRunText.StatusOf(s).Replace(' ', '-')))}"
            );
    }
}
