using ServerlessHub.Host.Output;

namespace ServerlessHub.Host.Commands;

/// <summary><c>hub schedules list</c></summary>
internal sealed class SchedulesListCommand : HubCommand
{
    private const int NextTimes = 10;

    public SchedulesListCommand()
        : base("list", "List the schedules, each with its next ten times.")
    {
        Options.Add(CommonOptions.Root);
        Options.Add(CommonOptions.Json);
        ExitCodes = [ExitCode.NotFound, ExitCode.Failed];
        JsonOutput = typeof(ScheduleListOutput);
        Details =
            "Times are on the clock of each schedule's zone; where daylight saving leaves one out, moves it or has it twice, that is said.";
        Examples = [("hub schedules list", "Every schedule of the hub root.")];
    }

    public override ExitCode Execute(Invocation invocation)
    {
        var schedules = HubSchedules.All(invocation.HubRoot(), NextTimes);
        if (invocation.Json)
            invocation.Terminal.WriteRecord(new ScheduleListOutput(schedules));
        else if (schedules.Count == 0)
            invocation.Terminal.Error.WriteLine("no document has a schedule; it is an element of a document's metadata");
        else
            foreach (var schedule in schedules)
                ScheduleText.Write(invocation.Terminal, schedule);
        return ExitCode.Done;
    }
}
