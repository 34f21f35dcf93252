using ServerlessHub.Pipelines.Definitions;

namespace ServerlessHub.Streams.Definitions;

/// <summary>The declaration of the source <c>poll</c>.</summary>
internal static class PollSpec
{
    private const string Details = """
        A poll asks for `url`, page after page, and takes what stands at `eventsPath` of each answer: a list is as many events, an object is one. With
        `paging="link"` the next page is the one that the answer's `Link` header calls `next`, which must be on the same host; with `cursor` it is asked for with what
        stands at `nextPath` of the answer, until there is nothing; with `page` by its number, until a page has no events or is not there. A poll that comes
        to `maxPages`, or is given the same page again, stops the stream: no answer makes it go on for ever.

        With `cursor="highest"` a poll asks only for what is new since the one before: `cursorParameter` has the highest value of `cursorPath` in all events
        so far; numbers, moments in ISO 8601, or texts by their code points. With `cursor="lastPage"`, for feeds, a poll goes on with the cursor
        that the last page of the one before named, or was asked for with. With `none` each poll takes all there is: let events replace rows by `mode="merge"`,
        or name an `eventId`.

        Where a poll has got to is in the `headers` of the last event of each page, so it is committed with the page's events: whenever the hub dies,
        it goes on with the page after the last one that is in the table, and none is lost or there twice. What a source itself sends
        twice, such as events whose value is equal to the cursor, or pages that have shifted meanwhile, is dropped where the stream names an `eventId`. A page that a source no longer
        knows after a restart makes the poll begin anew, from its cursor. The `topic` is `poll`, the `partition` 0; one process at a time polls. It is
        `hub serve` and `hub streams run` that poll.

        `429`, `503` and every answer that may pass are tried again, not before the time that `Retry-After` names, an hour at most. Redirections are not followed.

        `securityRef` names a file with `bearer`, a token; or `user` and `password`; and `headers`, an object of further ones: `{"headers": {"X-Api-Key": "${secret:shop-key}"}}`.
        """;

    /// <summary>The declaration.</summary>
    public static ElementSpec Spec { get; } =
        new("poll", "Asks a REST service for events, again and again.")
        {
            IsFixed = true,
            Details = Details,
            Attributes =
            [
                new("url", AttributeKind.Text, "What is asked for: an `https` address; `http` only on this machine.") { Required = true },
                new("every", AttributeKind.Duration, "How long after the beginning of a poll the next one begins, whichever process polls.")
                {
                    Default = "PT1M",
                },
                StreamSpec.SecurityRef,
                new("eventsPath", AttributeKind.Text, "Where the events are in an answer: `$.data`; `$` is the whole answer.")
                {
                    Default = "$",
                },
                new("paging", AttributeKind.Choice, "How the next page is asked for.")
                {
                    Choices = ["none", "link", "cursor", "page"],
                    Default = "none",
                },
                new(
                    "pageParameter",
                    AttributeKind.Text,
                    "The parameter of the query that has the next page's cursor or number: `cursor` or `page` unless given."
                ),
                new("nextPath", AttributeKind.Text, "With `paging=\"cursor\"`: where an answer has the next page's cursor: `$.next`."),
                new("firstPage", AttributeKind.Integer, "With `paging=\"page\"`: the number of the first page.") { Default = "1" },
                new("cursor", AttributeKind.Choice, "What is carried from poll to poll.")
                {
                    Choices = ["none", "highest", "lastPage"],
                    Default = "none",
                },
                new("cursorPath", AttributeKind.Text, "With `cursor=\"highest\"`: what grows from event to event: `$.updated_at`."),
                new("cursorParameter", AttributeKind.Text, "With `cursor=\"highest\"`: the parameter of the query that has it."),
                new("cursorStart", AttributeKind.Text, "The cursor of the first poll; without it, the first one asks for all."),
                new("requestsPerMinute", AttributeKind.PositiveInteger, "The most requests in a minute.") { Default = "60" },
                new("maxPages", AttributeKind.PositiveInteger, "The most pages of a poll.") { Default = "10000" },
                new("maxPageBytes", AttributeKind.PositiveInteger, "The most bytes of an answer.") { Default = "33554432" },
            ],
            Example = """
                <poll url="https://shop.example/api/orders?limit=200" every="PT30S" securityRef="shop" eventsPath="$.data" paging="cursor" nextPath="$.next"
                      cursor="highest" cursorPath="$.updated_at" cursorParameter="updated_since"/>
                """,
        };
}
