using System.CommandLine;
using System.Globalization;
using ServerlessHub.Api.Backfills;
using ServerlessHub.Host.Output;
using ServerlessHub.Orchestrations;
using ServerlessHub.Orchestrations.Backfills;
using ServerlessHub.Orchestrations.Runs;
using ServerlessHub.Pipelines.Running;

namespace ServerlessHub.Host.Commands;

/// <summary><c>hub backfill start</c></summary>
internal sealed class BackfillStartCommand : HubCommand
{
    private static readonly Argument<string> Document = new("document")
    {
        Description = "The job or pipeline: its id, app/layer/id where the id alone is not clear, or its file.",
    };

    private static readonly Option<string> From = new("--from")
    {
        Description = "The first date.",
        HelpName = "date",
        Required = true,
    };

    private static readonly Option<string> To = new("--to")
    {
        Description = "The last date.",
        HelpName = "date",
        Required = true,
    };

    private static readonly Option<BackfillScope> Only = new("--only")
    {
        Description = "Which dates: missing (none of their runs succeeded; unless given), failed (their last run failed), or all.",
        HelpName = "which",
        DefaultValueFactory = _ => BackfillScope.Missing,
    };

    private static readonly Option<int> Parallel = new("--parallel")
    {
        Description = "How many dates run at a time; 1 unless given.",
        HelpName = "count",
        DefaultValueFactory = _ => 1,
    };

    private static readonly Option<bool> NewestFirst = new("--newest-first") { Description = "Begin with the last date." };

    private static readonly Option<bool> DryRun = new("--dry-run") { Description = "Only say which dates would be run." };

    public BackfillStartCommand()
        : base("start", "Run a job for each date of a range.")
    {
        Arguments.Add(Document);
        Options.Add(From);
        Options.Add(To);
        Options.Add(Only);
        Options.Add(Parallel);
        Options.Add(NewestFirst);
        Options.Add(DryRun);
        Options.Add(CommonOptions.Parameter);
        Options.Add(CommonOptions.Root);
        Options.Add(CommonOptions.Json);
        ExitCodes = [ExitCode.Failed, ExitCode.NotFound, ExitCode.Cancelled];
        JsonOutput = typeof(Backfill);
        Details = """
            Of each run, runDate is the date and runTime its midnight in UTC. A backfill has a lane of its own: its runs take a place only while no fresh run wants it. With a server it goes on there; without one this
            command runs it, and Ctrl-C pauses it. With --dry-run --json the dates are printed.
            """;
        Examples =
        [
            ("hub backfill start sales_daily --from 2026-01-01 --to 2026-03-31 --dry-run", "What is missing of a quarter."),
            ("hub backfill start sales_daily --from 2026-01-01 --to 2026-03-31 --parallel 2", "Run it, two dates at a time."),
        ];
    }

    public override ExitCode Execute(Invocation invocation)
    {
        var root = invocation.HubRoot();
        var document = Named.Document(root, invocation.Value(Document)!);
        if (invocation.Value(Parallel) < 1)
            throw CommandException.Usage("--parallel takes a number from 1 on");
        var wish = new BackfillWish(document.Kind, document.Address, Date(invocation, From), Date(invocation, To))
        {
            Scope = invocation.Value(Only),
            NewestFirst = invocation.Value(NewestFirst),
            MaxParallel = invocation.Value(Parallel),
            Parameters = invocation.Parameters(),
        };
        return invocation.Value(DryRun) ? Plan(invocation, root, wish) : Start(invocation, root, wish);
    }

    private static ExitCode Plan(Invocation invocation, HubRoot root, BackfillWish wish)
    {
        using var history = new RunHistory(root, new RunDocuments(root.Storage), TimeProvider.System);
        var dates = BackfillControl.Plan(history, wish, invocation.Cancellation);
        if (invocation.Json)
            invocation.Terminal.WriteJson(new BackfillPlanOutput(wish.Document.ToString(), dates), OutputJson.Default.BackfillPlanOutput);
        else
        {
            invocation.Terminal.WriteLine($"{Quantity.Of(dates.Count, "date")} of {wish.Document} would be run");
            foreach (var date in dates)
                invocation.Terminal.WriteLine($"{date:yyyy-MM-dd}");
        }
        return ExitCode.Done;
    }

    private static ExitCode Start(Invocation invocation, HubRoot root, BackfillWish wish) =>
        JobRuns.Within(
            root,
            new JobHubOptions(),
            async session =>
            {
                var id = await session.Backfill(wish, invocation.Cancellation);
                var backfill = BackfillText.Follow(invocation, root, id, session.RunsEndHere);
                if (invocation.Json)
                    invocation.Terminal.WriteJson(backfill, OutputJson.Default.Backfill);
                else
                    BackfillText.Write(invocation.Terminal, backfill);
                return backfill.Status is BackfillStatus.Completed or BackfillStatus.Running or BackfillStatus.Paused
                    ? ExitCode.Done
                    : ExitCode.Failed;
            }
        );

    private static DateOnly Date(Invocation invocation, Option<string> option) =>
        DateOnly.TryParseExact(invocation.Value(option), "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date)
            ? date
            : throw CommandException.Usage($"'{invocation.Value(option)}' is no date", "write 2026-01-31");
}
