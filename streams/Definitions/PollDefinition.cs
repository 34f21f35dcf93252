using ServerlessHub.Pipelines.Definitions;
using ServerlessHub.Pipelines.Steps;

namespace ServerlessHub.Streams.Definitions;

/// <summary>How the next page of a poll is asked for.</summary>
internal enum PollPaging
{
    /// <summary>There is one page.</summary>
    None,

    /// <summary>By the address that the answer's <c>Link</c> header calls <c>next</c>, RFC 8288.</summary>
    Link,

    /// <summary>With what the answer says.</summary>
    Cursor,

    /// <summary>By its number.</summary>
    Page,
}

/// <summary>What is carried from poll to poll.</summary>
internal enum PollCursor
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>The highest value of a member of the events.</summary>
    Highest,

    /// <summary>The cursor of the last page.</summary>
    LastPage,
}

/// <summary>A REST service that is asked for events.</summary>
/// <param name="Url">What is asked for.</param>
/// <param name="Every">How long after the beginning of a poll the next one begins.</param>
/// <param name="EventsPath">The names that lead to the events in an answer.</param>
/// <param name="Paging">How the next page is asked for.</param>
/// <param name="PageParameter">The parameter of the query that has the next page's cursor or number.</param>
/// <param name="NextPath">The names that lead to the next page's cursor; none where that is not how it is asked for.</param>
/// <param name="FirstPage">The number of the first page.</param>
/// <param name="Cursor">What is carried from poll to poll.</param>
/// <param name="CursorPath">The names that lead to what is, from an event.</param>
/// <param name="CursorParameter">The parameter of the query that has it.</param>
/// <param name="CursorStart">What the first poll asks with; null for nothing.</param>
/// <param name="RequestsPerMinute">The most requests in a minute.</param>
/// <param name="MaxPages">The most pages of a poll.</param>
/// <param name="MaxPageBytes">The most bytes of an answer.</param>
internal sealed record PollDefinition(
    Uri Url,
    TimeSpan Every,
    IReadOnlyList<string> EventsPath,
    PollPaging Paging,
    string PageParameter,
    IReadOnlyList<string> NextPath,
    int FirstPage,
    PollCursor Cursor,
    IReadOnlyList<string> CursorPath,
    string CursorParameter,
    string? CursorStart,
    int RequestsPerMinute,
    int MaxPages,
    int MaxPageBytes
)
{
    /// <summary>What an element says in which <see cref="Check"/> finds nothing wrong.</summary>
    public static PollDefinition Read(Element poll)
    {
        var paging = Enum.Parse<PollPaging>(poll["paging"]!, ignoreCase: true);
        return new(
            new Uri(poll["url"]!),
            Durations.Of(poll, "every")!.Value,
            Path(poll, "eventsPath")!,
            paging,
            poll["pageParameter"] ?? (paging == PollPaging.Page ? "page" : "cursor"),
            Path(poll, "nextPath") ?? [],
            poll.Number("firstPage")!.Value,
            Enum.Parse<PollCursor>(poll["cursor"]!, ignoreCase: true),
            Path(poll, "cursorPath") ?? [],
            poll["cursorParameter"] ?? "",
            poll["cursorStart"],
            poll.Number("requestsPerMinute")!.Value,
            poll.Number("maxPages")!.Value,
            poll.Number("maxPageBytes")!.Value
        );
    }

    /// <summary>Reports what is wrong with an element, or does not go together in it.</summary>
    public static void Check(Element poll, Diagnostics findings)
    {
        CheckUrl(poll, findings);
        foreach (var attribute in new[] { "eventsPath", "nextPath", "cursorPath" })
            if (poll.Has(attribute) && Path(poll, attribute) is null)
                findings.Add(
                    Rule.BadValue,
                    poll.LocationOf(attribute),
                    $"'{poll[attribute]}' is no path of a member",
                    "write $.name, or $.a.b for one inside an object"
                );
        var (paging, cursor) = (poll["paging"]!, poll["cursor"]!);
        BelongsTo("nextPath", "paging", paging, ["cursor"], isNeeded: true);
        BelongsTo("firstPage", "paging", paging, ["page"]);
        BelongsTo("pageParameter", "paging", paging, ["cursor", "page"]);
        BelongsTo("cursorPath", "cursor", cursor, ["highest"], isNeeded: true);
        BelongsTo("cursorParameter", "cursor", cursor, ["highest"], isNeeded: true);
        BelongsTo("cursorStart", "cursor", cursor, ["highest", "lastPage"]);
        if (cursor == "lastPage" && paging != "cursor")
            findings.Add(
                Rule.ConflictingAttributes,
                poll.LocationOf("cursor"),
                "cursor=\"lastPage\" carries on the cursor of a page, but pages have none here",
                "add paging=\"cursor\", or cursor=\"highest\""
            );

        void BelongsTo(string attribute, string choice, string chosen, string[] of, bool isNeeded = false)
        {
            if (poll.Has(attribute) && !of.Contains(chosen))
                findings.Add(
                    Rule.ConflictingAttributes,
                    poll.LocationOf(attribute),
                    $"{attribute} means nothing with {choice}=\"{chosen}\"",
                    $"take it out, or write {string.Join(" or ", of.Select(c => $"{choice}=\"{c}\""))}"
                );
            else if (isNeeded && !poll.Has(attribute) && of.Contains(chosen))
                findings.Add(Rule.MissingAttribute, poll.LocationOf(choice), $"{choice}=\"{chosen}\" needs {attribute}");
        }
    }

    /// <summary>What is asked for, for messages: without the query, which may hold what is nobody's business.</summary>
    public string Address => Url.GetLeftPart(UriPartial.Path);

    private static void CheckUrl(Element poll, Diagnostics findings)
    {
        var hint = Uri.TryCreate(poll["url"], UriKind.Absolute, out var url) switch
        {
            false => "write https://host/path",
            _ when url!.UserInfo.Length > 0 => "put user and password into resources/<name>.json, and name that with securityRef",
            _ when url.Scheme == Uri.UriSchemeHttps || (url.Scheme == Uri.UriSchemeHttp && url.IsLoopback) => null,
            _ => "write https; http is for this machine alone",
        };
        if (hint is not null)
            findings.Add(Rule.BadValue, poll.LocationOf("url"), "url is no address that may be asked", hint);
    }

    /// <summary>The names that lead to a member; null where the attribute is absent or no such path.</summary>
    private static IReadOnlyList<string>? Path(Element poll, string attribute) =>
        poll[attribute] is { } text ? JsonListPath.Parse($"{text}[*]") : null;
}
