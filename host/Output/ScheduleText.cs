using System.Globalization;

namespace ServerlessHub.Host.Output;

/// <summary>How schedules are shown to a person.</summary>
internal static class ScheduleText
{
    /// <summary>Writes a schedule with its next times, on the clock of its zone, and what daylight saving does to them.</summary>
    public static void Write(Terminal terminal, ScheduleEntry schedule)
    {
        terminal.Line($"[bold]{schedule.App}/{schedule.Layer}/{schedule.Id}[/]  {schedule.Cron}  {schedule.TimeZone}");
        if (schedule.Paused is { } paused)
            terminal.Line(
                $"  [yellow]paused[/] by {paused.By} at {Time(paused.At.ToUniversalTime())}{(paused.Why is { } why ? $": {why}" : "")}"
            );
        if (schedule.LastFired is { } fired)
            terminal.Line($"  [dim]last[/]  {Time(fired)}");
        if (schedule.Note is { } note)
            terminal.Line($"  [yellow]note[/]  {note}");
        foreach (var next in schedule.Next)
            terminal.Line($"  [dim]next[/]  {Time(next.At)}{(next.Note is { } change ? $"  {change}" : "")}");
        terminal.WriteLine();
    }

    private static string Time(DateTimeOffset time) => time.ToString("ddd yyyy-MM-dd HH:mm:ss zzz", CultureInfo.InvariantCulture);
}
