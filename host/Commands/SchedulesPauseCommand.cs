using System.CommandLine;

namespace ServerlessHub.Host.Commands;

/// <summary><c>hub schedules pause</c></summary>
internal sealed class SchedulesPauseCommand : HubCommand
{
    private static readonly Option<string?> Reason = new("--reason")
    {
        Description = "Why; whoever lists the schedules reads it.",
        HelpName = "text",
    };

    public SchedulesPauseCommand()
        : base("pause", "Let a schedule start nothing until it is resumed.")
    {
        Arguments.Add(SchedulesCommand.Document);
        Options.Add(Reason);
        Options.Add(CommonOptions.Root);
        ExitCodes = [ExitCode.NotFound, ExitCode.Failed];
        Details = "What passes meanwhile is missed, and treated when it is resumed as the document says.";
        Examples = [("hub schedules pause sales_daily --reason \"the source moves\"", "Until it is resumed.")];
    }

    public override ExitCode Execute(Invocation invocation)
    {
        var root = invocation.HubRoot();
        var document = Named.Document(root, invocation.Value(SchedulesCommand.Document)!);
        var schedule = HubSchedules.Of(root, document);
        HubSchedules
            .Open(root)
            .Pause(schedule, Environment.UserName, invocation.Value(Reason), invocation.Cancellation)
            .GetAwaiter()
            .GetResult();
        invocation.Terminal.WriteLine($"paused {document.Address}; 'hub schedules resume {document.Address}' lets it go on");
        return ExitCode.Done;
    }
}
