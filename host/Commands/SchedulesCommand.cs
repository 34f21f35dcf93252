using System.CommandLine;

namespace ServerlessHub.Host.Commands;

/// <summary><c>hub schedules</c></summary>
internal sealed class SchedulesCommand : HubCommand
{
    /// <summary>The document whose schedule a command is about.</summary>
    public static Argument<string> Document { get; } =
        new("document") { Description = "The job or pipeline: its id, app/layer/id where the id alone is not clear, or its file." };

    public SchedulesCommand()
        : base("schedules", "Look at the schedules of jobs and pipelines, pause and resume them.")
    {
        Subcommands.Add(new SchedulesListCommand());
        Subcommands.Add(new SchedulesPauseCommand());
        Subcommands.Add(new SchedulesResumeCommand());
    }

    public override ExitCode Execute(Invocation invocation) => CommandHelp.Write(this, invocation.Terminal.Output);
}
