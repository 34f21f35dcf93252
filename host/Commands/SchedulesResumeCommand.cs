using ServerlessHub.Host.Output;

namespace ServerlessHub.Host.Commands;

/// <summary><c>hub schedules resume</c></summary>
internal sealed class SchedulesResumeCommand : HubCommand
{
    public SchedulesResumeCommand()
        : base("resume", "Let a schedule go on that was paused.")
    {
        Arguments.Add(SchedulesCommand.Document);
        Options.Add(CommonOptions.Root);
        ExitCodes = [ExitCode.NotFound, ExitCode.Failed];
        Examples = [("hub schedules resume sales_daily", "From now on.")];
    }

    public override ExitCode Execute(Invocation invocation)
    {
        var root = invocation.HubRoot();
        var document = Named.Document(root, invocation.Value(SchedulesCommand.Document)!);
        var schedule = HubSchedules.Of(root, document);
        var schedules = HubSchedules.Open(root);
        schedules.Resume(schedule, invocation.Cancellation).GetAwaiter().GetResult();
        ScheduleText.Write(invocation.Terminal, ScheduleEntry.Of(schedules.List([schedule])[0]));
        return ExitCode.Done;
    }
}
