using System.Globalization;
using System.Net;
using System.Text;
using ServerlessHub.Orchestrations.Jobs;

namespace ServerlessHub.Orchestrations.Notifications;

/// <summary>A notification in words, as all forms for people have them.</summary>
internal static class NotificationText
{
    private const int LongestText = 2_000;

    /// <summary>One line that says what happened to which job.</summary>
    public static string Subject(Notification notification) =>
        $"{notification.App}/{notification.Layer}/{notification.Job} "
        + notification.Kind switch
        {
            Occasion.Start => "has started",
            Occasion.Success => "succeeded",
            Occasion.Failure when notification.Status == "CompletedWithErrors" => "completed with errors",
            Occasion.Failure => "failed",
            Occasion.Completion => $"ended: {notification.Status}",
            Occasion.Sla => "is late: its SLA is missed",
            Occasion.FileLate => "awaits a file that is late",
            Occasion.FilePartial => "awaits a file that goes on changing",
            _ => "will likely miss its SLA",
        };

    /// <summary>What else is known, by name; long texts are cut.</summary>
    public static IReadOnlyList<(string Name, string Value)> Facts(Notification notification) =>
        [
            .. new (string Name, string? Value)[]
            {
                ("Run", notification.RunId),
                ("Status", notification.Status),
                ("When", Moment(notification.When)),
                ("Duration", notification.Seconds is { } seconds ? Duration(seconds) : null),
                ("Due", notification.Due is { } due ? Moment(due) : null),
                ("Expected", notification.Expected is { } expected ? Moment(expected) : null),
                ("Failed", notification.FailedNodes.Count == 0 ? null : string.Join(", ", notification.FailedNodes)),
                ("Error", notification.Error),
                ("What to do", notification.Hint),
                ("Cause", notification.Fingerprint),
                ("Seen before", notification.Repeats == 0 ? null : $"{notification.Repeats} more of this cause since it was last told"),
            }
                .Where(fact => !string.IsNullOrEmpty(fact.Value))
                .Select(fact => (fact.Name, Cut(fact.Value!, LongestText))),
        ];

    /// <summary>As plain text.</summary>
    public static string Plain(Notification notification)
    {
        var text = new StringBuilder().Append(Subject(notification)).Append("\n\n");
        foreach (var (name, value) in Facts(notification))
            text.Append(name).Append(": ").Append(value).Append('\n');
        return notification.Link is { } link ? text.Append('\n').Append(link).Append('\n').ToString() : text.ToString();
    }

    /// <summary>As an HTML page for mail programs, which know tables and little else.</summary>
    public static string Html(Notification notification)
    {
        var text = new StringBuilder()
            .Append("<!DOCTYPE html><html><body style=\"font-family:sans-serif\"><h2>")
            .Append(WebUtility.HtmlEncode(Subject(notification)))
            .Append("</h2><table>");
        foreach (var (name, value) in Facts(notification))
            text.Append("<tr><th align=\"left\" valign=\"top\">")
                .Append(WebUtility.HtmlEncode(name))
                .Append("</th><td style=\"white-space:pre-wrap\">")
                .Append(WebUtility.HtmlEncode(value))
                .Append("</td></tr>");
        text.Append("</table>");
        if (notification.Link is { } link)
            text.Append("<p><a href=\"").Append(WebUtility.HtmlEncode(link.AbsoluteUri)).Append("\">Look at the run</a></p>");
        return text.Append("</body></html>").ToString();
    }

    /// <summary>At most so many characters, and a sign where more were.</summary>
    public static string Cut(string text, int length)
    {
        if (text.Length <= length)
            return text;
        // Half of a character beyond the first plane is none.
        var end = char.IsHighSurrogate(text[length - 2]) ? length - 2 : length - 1;
        return text[..end] + "…";
    }

    private static string Moment(DateTimeOffset moment) =>
        moment.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss 'UTC'", CultureInfo.InvariantCulture);

    private static string Duration(double seconds) =>
        seconds < 60
            ? string.Create(CultureInfo.InvariantCulture, $"{seconds:0.#} s")
            : TimeSpan.FromSeconds(Math.Round(seconds)).ToString("c", CultureInfo.InvariantCulture);
}
