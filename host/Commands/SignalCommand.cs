using System.CommandLine;
using ServerlessHub.Api.Signals;
using ServerlessHub.Host.Output;
using ServerlessHub.Orchestrations;
using ServerlessHub.Orchestrations.Runs;

namespace ServerlessHub.Host.Commands;

/// <summary><c>hub signal</c></summary>
internal sealed class SignalCommand : HubCommand
{
    private static readonly Argument<string> Event = new("event")
    {
        Description = "The event: its name, or app/name where documents of several applications wait for one of this name.",
    };

    public SignalCommand()
        : base("signal", "Raise an event, which starts every document that waits for it.")
    {
        Arguments.Add(Event);
        Options.Add(CommonOptions.Parameter);
        Options.Add(CommonOptions.Root);
        Options.Add(CommonOptions.Json);
        ExitCodes = [ExitCode.Failed, ExitCode.Invalid, ExitCode.NotFound, ExitCode.Cancelled];
        JsonOutput = typeof(SignalOutput);
        Details = """
            The documents are the jobs and pipelines of the application that have <onEvent> with its name. Each is given those of the parameters that it
            declares; where one of them cannot be started, none is. Where no server runs on the hub root, they run in this process, which shows them until
            they have ended.
            """;
        Examples =
        [
            ("hub signal day_closed -p runDate=2026-06-30", "Start what waits for the day to be closed."),
            ("hub signal orders/day_closed --json", "Of one application; and print the runs."),
        ];
    }

    public override ExitCode Execute(Invocation invocation)
    {
        var root = invocation.HubRoot();
        var (app, name) = Named.Event(root, invocation.Value(Event)!);
        return JobRuns.Within(
            root,
            new JobHubOptions(),
            async session =>
            {
                var runs = new List<JobRun>();
                foreach (var runId in await session.Raise(app, name, invocation.Parameters(), invocation.Cancellation))
                    runs.Add(session.RunsEndHere ? await JobRuns.Stay(invocation, session, runId) : session.Find(runId));
                if (invocation.Json)
                    invocation.Terminal.WriteRecord(new SignalOutput(app, name, runs));
                else
                    Write(invocation.Terminal, runs, session.RunsEndHere);
                return runs.Select(JobRuns.CodeOf).Where(code => code != ExitCode.Done).FirstOrDefault(ExitCode.Done);
            }
        );
    }

    private static void Write(Terminal terminal, IReadOnlyList<JobRun> runs, bool haveEnded)
    {
        foreach (var run in runs)
            if (haveEnded)
                JobRunText.Write(terminal, run);
            else
                terminal.WriteLine($"{run.App}/{run.Layer}/{run.Job} is started; 'hub runs watch {run.RunId}' shows how it goes on");
    }
}
