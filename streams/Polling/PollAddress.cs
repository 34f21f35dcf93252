using System.Globalization;
using ServerlessHub.Pipelines.Connectors;
using ServerlessHub.Streams.Definitions;

namespace ServerlessHub.Streams.Polling;

/// <summary>The addresses of a poll's pages.</summary>
internal static class PollAddress
{
    /// <summary>The address of the page that comes next.</summary>
    public static Uri Of(PollDefinition poll, PollPosition position)
    {
        if (poll.Paging == PollPaging.Link && position.Next is { } link)
            return new Uri(link);
        var query = new List<string> { poll.Url.Query.TrimStart('?') };
        if (poll.Cursor == PollCursor.Highest)
            Add(poll.CursorParameter, position.Since);
        if (poll.Paging == PollPaging.Page)
            Add(poll.PageParameter, NumberOf(poll, position).ToString(CultureInfo.InvariantCulture));
        if (poll.Paging == PollPaging.Cursor)
            Add(poll.PageParameter, position.Next ?? (poll.Cursor == PollCursor.LastPage ? position.Since : null));
        return new UriBuilder(poll.Url) { Query = string.Join('&', query.Where(part => part.Length > 0)) }.Uri;

        void Add(string name, string? value)
        {
            if (value is not null)
                query.Add($"{Uri.EscapeDataString(name)}={Uri.EscapeDataString(value)}");
        }
    }

    /// <summary>The number of the page that comes next.</summary>
    public static int NumberOf(PollDefinition poll, PollPosition position) =>
        position.Next is { } number ? int.Parse(number, CultureInfo.InvariantCulture) : poll.FirstPage;

    /// <summary>The address of the page that an answer links to.</summary>
    /// <exception cref="RunException">It is on another host than the one that the document names.</exception>
    public static string OfLink(PollDefinition poll, string link)
    {
        const UriComponents host = UriComponents.SchemeAndServer;
        if (
            Uri.TryCreate(poll.Url, link, out var next)
            && Uri.Compare(next, poll.Url, host, UriFormat.SafeUnescaped, StringComparison.OrdinalIgnoreCase) == 0
        )
            return next.AbsoluteUri;
        throw new RunException(
            $"an answer of {poll.Address} links to a next page on another host, which is not asked",
            "what signs in is for the host of url alone: write the host there that the pages are on"
        );
    }
}
