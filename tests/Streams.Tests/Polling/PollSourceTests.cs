using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;
using ServerlessHub.Pipelines.Connectors;
using ServerlessHub.Streams.Care;
using ServerlessHub.Streams.Processing;
using ServerlessHub.Streams.Running;
using ServerlessHub.Streams.Verification;

namespace ServerlessHub.Streams.Tests.Polling;

public sealed class PollSourceTests : IAsyncLifetime
{
    private const string Quick = "requestsPerMinute=\"1000000\"";
    private const string ByPage = $"{Quick} paging=\"page\"";
    private const string ByHighest = "cursor=\"highest\" cursorPath=\"$.at\" cursorParameter=\"since\"";

    private readonly ShiftedTime _time = new();
    private readonly List<TestStream> _streams = [];
    private PollServer _server = null!;

    public async Task InitializeAsync() => _server = await PollServer.Start();

    public async Task DisposeAsync()
    {
        await _server.DisposeAsync();
        foreach (var stream in Enumerable.Reverse(_streams))
            stream.Dispose();
    }

    [Theory]
    [InlineData("", "$", "/orders")]
    [InlineData("""paging="link" """, "$", "/orders", "/orders?page=1", "/orders?page=2")]
    [InlineData("""paging="cursor" nextPath="$.next" """, "$.data.orders", "/orders", "/orders?cursor=1", "/orders?cursor=2")]
    [InlineData(
        """paging="page" pageParameter="page" firstPage="0" """,
        "$['data'].orders",
        "/orders?page=0",
        "/orders?page=1",
        "/orders?page=2",
        "/orders?page=3"
    )]
    public void Each_kind_of_paging_takes_all_pages_in_their_order(string paging, string eventsPath, params string[] requests)
    {
        string[] pages = ["{\"n\":0}, {\"n\" : 1}", "{\"n\":2}, {\"n\":3}", "{\"n\":4}"];
        _server.Answers = context =>
        {
            var query = context.Request.Query;
            var page = int.Parse(query["page"].FirstOrDefault() ?? query["cursor"].FirstOrDefault() ?? "0", CultureInfo.InvariantCulture);
            var (events, hasNext) = (pages.ElementAtOrDefault(page) ?? "", page + 1 < pages.Length);
            if (paging.Length == 0)
                (events, hasNext) = (string.Join(", ", pages), false);
            if (hasNext)
                context.Response.Headers.Append(
                    "Link",
                    $"""</orders?page=9>; title="a, b"; rel="last", <?page={page + 1}>; rel="x next" """
                );
            return context.Response.WriteAsync(
                eventsPath == "$"
                    ? $"[{events}]"
                    : $$$"""{"data": {"orders": [{{{events}}}]}, "next": {{{(hasNext ? $"{page + 1}" : "null")}}}}"""
            );
        };
        var stream = Stream($"""{Quick} {paging} eventsPath="{eventsPath}" """);
        Poll(stream);
        Assert.Equal(["0 {\"n\":0}", "1 {\"n\" : 1}", "2 {\"n\":2}", "3 {\"n\":3}", "4 {\"n\":4}"], Rows(stream));
        Assert.Equal(requests, _server.Take());
    }

    [Fact]
    public void An_answer_that_is_an_object_is_one_event_and_what_is_none_is_a_dead_letter()
    {
        _server.Answers = context => context.Response.WriteAsync("\uFEFF{\"status\": \"well\"}");
        var stream = Stream(Quick);
        Poll(stream);
        _server.Answers = context => context.Response.WriteAsync("[1, {\"n\":2}, \"three\"]");
        Poll(stream);
        // The position is with a dead letter now.
        _server.Answers = context =>
        {
            context.Response.StatusCode = StatusCodes.Status204NoContent;
            return Task.CompletedTask;
        };
        Poll(stream);
        Assert.Equal(["0 {\"status\": \"well\"}", "2 {\"n\":2}"], Rows(stream));
        Assert.Equal(["1 1", "3 \"three\""], stream.Rows("raw_dead_letters", "concat(\"offset\", ' ', decode(value))"));
    }

    [Fact]
    public void A_poll_asks_for_what_is_newer_than_all_before_also_after_a_restart()
    {
        var answers = new Queue<string>([
            """[{"at":"2026-01-01T00:00:00.5Z"}, {"at":"2026-01-01T02:00:00+02:00"}, {"other":1}]""",
            """[{"at":"2026-01-01T01:00:00Z"}]""",
            "[]",
            "[]",
        ]);
        _server.Answers = context => context.Response.WriteAsync(answers.Dequeue());
        var stream = Stream($"{Quick} {ByHighest} cursorStart=\"2025-12-31\"");
        using (var process = new PolledStream(stream, _time))
        {
            process.Poll();
            Assert.Equal(["/orders?since=2025-12-31"], _server.Take());
            _time.Advance(TimeSpan.FromSeconds(30));
            process.Step();
            Assert.Empty(_server.Take());
            _time.Advance(TimeSpan.FromSeconds(30));
            process.Step();
            process.Poll();
        }
        Poll(stream);
        Poll(stream);
        Assert.Equal(
            [
                "/orders?since=2026-01-01T00%3A00%3A00.5Z",
                "/orders?since=2026-01-01T01%3A00%3A00Z",
                "/orders?since=2026-01-01T01%3A00%3A00Z",
            ],
            _server.Take()
        );
    }

    [Theory]
    [InlineData("9", "10", "10")]
    [InlineData("10", "9", "10")]
    [InlineData("2026-01-01T00:00:00.5Z", "2026-01-01T00:00:00Z", "2026-01-01T00:00:00.5Z")]
    [InlineData("2026-01-01T02:00:00+02:00", "2026-01-01T00:30:00Z", "2026-01-01T00:30:00Z")]
    [InlineData("Z", "a", "a")]
    [InlineData(null, "a", "a")]
    [InlineData("a", null, "a")]
    [InlineData(null, null, null)]
    public void The_higher_cursor_is_that_of_the_higher_value(string? a, string? b, string? higher) =>
        Assert.Equal(higher, ServerlessHub.Streams.Polling.PollCursors.Higher(a, b));

    [Fact]
    public void A_feed_is_read_on_from_where_it_ended()
    {
        var feed = new List<int>();
        _server.Answers = context =>
        {
            var from = int.Parse(context.Request.Query["after"].FirstOrDefault() ?? "0", CultureInfo.InvariantCulture);
            var page = feed.Skip(from).Take(2).ToArray();
            return context.Response.WriteAsync(
                $$"""{"events": [{{string.Join(",", page.Select(n => $"{{\"n\":{n}}}"))}}], "next": "{{from + page.Length}}"}"""
            );
        };
        var stream = Stream(
            $"""{Quick} eventsPath="$.events" paging="cursor" nextPath="$.next" pageParameter="after" cursor="lastPage" cursorStart="1" """
        );
        feed.AddRange([0, 1, 2, 3]);
        Poll(stream);
        feed.AddRange([4, 5]);
        Poll(stream);
        Poll(stream);
        Assert.Equal(["0 {\"n\":1}", "1 {\"n\":2}", "2 {\"n\":3}", "3 {\"n\":4}", "4 {\"n\":5}"], Rows(stream));
        Assert.Equal(
            [
                "/orders?after=1",
                "/orders?after=3",
                "/orders?after=4",
                "/orders?after=4",
                "/orders?after=6",
                "/orders?after=6",
                "/orders?after=6",
            ],
            _server.Take()
        );
    }

    [Fact]
    public void Who_asks_to_be_left_alone_is_until_then_and_what_had_come_is_not_held_up()
    {
        var isTired = true;
        _server.Answers = context =>
        {
            if (context.Request.Query["page"] != "2" || !isTired)
                return context.Response.WriteAsync(
                    context.Request.Query["page"] == "3" ? "[]" : $"[{{\"page\":{context.Request.Query["page"]}}}]"
                );
            context.Response.StatusCode = StatusCodes.Status429TooManyRequests;
            context.Response.Headers.RetryAfter = "90";
            return Task.CompletedTask;
        };
        var stream = Stream($"{ByPage} every=\"PT1H\"");
        using var process = new PolledStream(stream, _time);
        Assert.Equal(1, process.Step());
        Assert.Equal(0, process.Step());
        Assert.Matches(@"^http://127\.0\.0\.1:\d+/orders answered 429; it is asked again at \d\d:\d\d:\d\d UTC$", process.Source.Problem);
        Assert.False(process.Source.IsAtEnd);
        isTired = false;
        _time.Advance(TimeSpan.FromSeconds(80));
        Assert.Equal(0, process.Step());
        Assert.Equal(["/orders?page=1", "/orders?page=2"], _server.Take());
        _time.Advance(TimeSpan.FromSeconds(11));
        process.Poll();
        Assert.Null(process.Source.Problem);
        Assert.Equal(["/orders?page=2", "/orders?page=3"], _server.Take());
        Assert.Equal(["0 {\"page\":1}", "1 {\"page\":2}"], Rows(stream));
    }

    [Fact]
    public void A_failure_amid_pages_costs_no_page_and_doubles_none()
    {
        var failures = new Queue<Func<HttpContext, Task>>([
            context =>
            {
                context.Response.StatusCode = 500;
                return Task.CompletedTask;
            },
            async context =>
            {
                context.Response.ContentLength = 100;
                await context.Response.WriteAsync("[{");
                await context.Response.Body.FlushAsync();
                context.Abort();
            },
        ]);
        _server.Answers = context =>
        {
            var page = int.Parse(context.Request.Query["page"]!, CultureInfo.InvariantCulture);
            return page == 2 && failures.TryDequeue(out var fail)
                ? fail(context)
                : context.Response.WriteAsync(page > 3 ? "[]" : $"[{{\"page\":{page}}},{{}}]");
        };
        var stream = Stream(ByPage);
        using var process = new PolledStream(stream, _time);
        Assert.Equal(2, process.Step());
        Assert.Equal(0, process.Step());
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(0, process.Step());
        Assert.Contains("/orders ", process.Source.Problem);
        _time.Advance(TimeSpan.FromSeconds(1));
        // Each time it is waited longer.
        Assert.Equal(0, process.Step());
        Assert.Equal(3, _server.Take().Length);
        _time.Advance(TimeSpan.FromSeconds(1));
        process.Poll();
        Assert.Equal(["0 {\"page\":1}", "1 {}", "2 {\"page\":2}", "3 {}", "4 {\"page\":3}", "5 {}"], Rows(stream));
    }

    [Theory]
    [InlineData("link", "", "a page of {url} names itself as the next one", "whose last page names none")]
    [InlineData("cursor", "nextPath=\"$.next\"", "a page of {url} names itself as the next one", "whose last page names none")]
    [InlineData("page", "", "page 2 of {url} is the very same as the page before", "and that 'page' is the parameter for it")]
    [InlineData(
        "page",
        "maxPages=\"3\" pageParameter=\"nr\"",
        "a poll of {url} has had 3 pages, and there is a next one",
        "or set maxPages higher"
    )]
    public void A_service_whose_pages_have_no_end_stops_the_stream(string paging, string more, string problem, string hint)
    {
        _server.Answers = context =>
        {
            context.Response.Headers.Append("Link", "</orders?x=1>; rel=next");
            return context.Response.WriteAsync(
                $$"""{"events": [{"n": {{context.Request.Query["nr"].FirstOrDefault() ?? "0"}}}], "next": "x"}"""
            );
        };
        var stream = Stream($"""{Quick} eventsPath="$.events" paging="{paging}" {more}""");
        using var process = new PolledStream(stream, _time);
        var failure = Assert.Throws<StreamException>(process.Poll);
        Assert.Equal(
            $"stream shop/staging/orders: {problem.Replace("{url}", $"{_server.Address}/orders", StringComparison.Ordinal)}",
            failure.Message
        );
        Assert.Equal($"look whether paging=\"{paging}\" is what the service does, {hint}", failure.Hint);
        // What came before is there, and whoever tries again without a change adds nothing.
        var rows = Rows(stream);
        Assert.NotEmpty(rows);
        process.Dispose();
        using var again = new PolledStream(stream, _time);
        Assert.Throws<StreamException>(again.Poll);
        Assert.Equal(rows, Rows(stream));
    }

    [Theory]
    [InlineData("<html>", 200, "the answer of {url} is no JSON, from line 1, byte 1 on; it calls itself text/html")]
    [InlineData("{\"data\": []", 200, "the answer of {url} is no JSON, from line 1, byte 12 on; it calls itself text/html")]
    [InlineData("{\"items\": []}", 200, "the answer of {url} has nothing at $.data")]
    [InlineData("{\"data\": [\"0123456789012345678901234567890123456789\"]}", 200, "an answer of {url} has more than 40 bytes")]
    [InlineData("", 401, "{url} answered 401")]
    [InlineData("", 302, "{url} answered 302")]
    public void An_answer_that_is_none_is_told_without_what_signs_in(string answer, int status, string message)
    {
        _server.Answers = context =>
        {
            (context.Response.StatusCode, context.Response.ContentType) = (status, "text/html");
            context.Response.Headers.Location = "http://127.0.0.1:1/elsewhere";
            return context.Response.WriteAsync(answer);
        };
        var stream = Stream($"""{Quick} eventsPath="$.data" maxPageBytes="40" securityRef="shop" """, "orders?key=topsecret");
        Resource(stream, """{"bearer": "topsecret"}""");
        using var process = new PolledStream(stream, _time);
        var failure = Assert.Throws<RunException>(() => process.Step());
        Assert.Equal(message.Replace("{url}", $"{_server.Address}/orders", StringComparison.Ordinal), failure.Message);
        Assert.NotNull(failure.Hint);
        Assert.DoesNotContain("topsecret", failure.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Pages_before_one_that_is_refused_are_in_the_table()
    {
        _server.Answers = context =>
        {
            if (context.Request.Query["page"] == "1")
                return context.Response.WriteAsync("[{}]");
            context.Response.StatusCode = 403;
            return Task.CompletedTask;
        };
        var stream = Stream(ByPage);
        using var process = new PolledStream(stream, _time);
        Assert.Throws<RunException>(process.Poll);
        Assert.Equal(["0 {}"], Rows(stream));
    }

    [Fact]
    public void Killed_anywhere_it_goes_on_with_the_page_after_those_in_the_table()
    {
        _server.Answers = Numbers(pages: 6);
        var stream = Stream($"""{ByPage} {ByHighest} cursorStart="-1" """, maxEvents: 2);
        using (var process = new PolledStream(stream, _time))
        {
            Assert.Equal(2, process.Step());
            Assert.Equal(2, process.Step(isKilledBeforeCommit: true));
        }
        using (var process = new PolledStream(stream, _time))
            Assert.Equal(2, process.Step(isKilledAfterCommit: true));
        using (var process = new PolledStream(stream, _time))
            process.Poll();
        Assert.Equal(Enumerable.Range(0, 12).Select(n => $"{n} {{\"at\":{n}}}"), Rows(stream).OrderBy(r => int.Parse(r.Split(' ')[0])));
        Assert.Equal(["1", "2", "2", "3", "4", "5", "6", "7"], _server.Take().Select(r => r.Split("page=")[1]));
        // The poll was the same one all the time; the next one asks for what is new.
        Poll(stream);
        Assert.Equal("/orders?since=-1&page=7", _server.Take().First());
        using var last = new PolledStream(stream, _time);
        last.Poll();
        _time.Advance(TimeSpan.FromMinutes(1));
        last.Poll();
        Assert.Equal("/orders?since=11&page=1", _server.Take().Last());
        Assert.All(StreamVerification.Run(stream.Root, stream.Definition), check => Assert.True(check.IsProven, check.ToString()));
    }

    [Fact]
    public void The_last_event_of_each_page_says_where_the_poll_is_and_no_other_does()
    {
        _server.Answers = Numbers(pages: 1);
        var stream = Stream($"{ByPage} {ByHighest}");
        Poll(stream);
        Assert.Equal(
            ["0", """1 {"poll_cursor":"1","poll_next_page":"2","poll_pages":"1","poll_last_page":"a5598850d8037a8186f343451a82c11c"}"""],
            stream.Rows("raw", "concat_ws(' ', \"offset\", headers)")
        );
        _server.Answers = context => context.Response.WriteAsync("[{}]");
        var whole = Stream(Quick);
        Poll(whole);
        Assert.Equal(["0"], whole.Rows("raw", "concat_ws(' ', \"offset\", headers)"));
    }

    [Fact]
    public void A_page_that_is_not_known_any_more_after_a_restart_lets_the_poll_begin_anew_from_its_cursor()
    {
        _server.Answers = Numbers(pages: 3);
        var stream = Stream($"{ByPage} {ByHighest}", maxEvents: 2);
        using (var process = new PolledStream(stream, _time))
            process.Step();
        var answers = _server.Answers;
        var isGone = true;
        _server.Answers = context =>
        {
            if (!isGone)
                return answers(context);
            (isGone, context.Response.StatusCode) = (false, 410);
            return Task.CompletedTask;
        };
        Poll(stream);
        Assert.Equal(["1", "2", "1", "2", "3", "4"], _server.Take().Select(r => r.Split("page=")[1]));
        // Nothing is missing; what came again the root does not take.
        Assert.Equal(8, Rows(stream).Length);
        Assert.Equal(["0", "1", "2", "3", "4", "5"], stream.Rows("orders", "\"at\""));
    }

    [Fact]
    public void One_process_polls_and_another_goes_on_where_it_ended()
    {
        _server.Answers = Numbers(pages: 3);
        var stream = Stream(ByPage, maxEvents: 2);
        using var second = new PolledStream(stream, _time);
        using (var first = new PolledStream(stream, _time))
        {
            Assert.Equal(2, first.Step());
            Assert.Equal(0, second.Step());
            Assert.Equal(2, first.Step());
        }
        second.Poll();
        Assert.Equal(["1", "2", "3", "4"], _server.Take().Select(r => r.Split("page=")[1]));
        Assert.Equal(6, Rows(stream).Length);
    }

    [Fact]
    public void A_worker_that_is_to_catch_up_ends_after_a_poll_and_does_nothing_before_the_next_is_due()
    {
        _server.Answers = Numbers(pages: 3);
        var stream = Stream($"{ByPage} {ByHighest}", maxEvents: 2);
        StreamActivity Run()
        {
            var worker = new StreamWorker(
                stream.Root,
                stream.Definition,
                new() { MemoryLimitBytes = 512 << 20, Threads = 1 },
                _time,
                NullLogger.Instance
            );
            worker.Run(untilCaughtUp: true, CancellationToken.None);
            return worker.Activity;
        }
        Assert.Equal((StreamState.Ended, 6, 0L), (Run() is var a ? (a.State, a.Events, a.LagEvents) : default));
        Assert.Equal(4, _server.Take().Length);
        // What is left of the poll is asked for; but no new one is begun.
        Assert.Equal(0, Run().Events);
        Assert.Equal(["4"], _server.Take().Select(r => r.Split("page=")[1]));
        _time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(0, Run().Events);
        Assert.NotEmpty(_server.Take());
    }

    [Fact]
    public void What_signs_in_goes_with_each_request_and_to_no_other_host()
    {
        var headers = new List<string>();
        _server.Answers = context =>
        {
            headers.Add($"{context.Request.Headers.Authorization} {context.Request.Headers["X-Api-Key"]} {context.Request.Headers.Accept}");
            context.Response.Headers.Append("Link", "<http://localhost:1/steal>; rel=next");
            return context.Response.WriteAsync("[]");
        };
        var stream = Stream($"""{Quick} paging="link" securityRef="shop" """);
        Resource(stream, """{"user": "ann", "password": "päss", "headers": {"X-Api-Key": "k"}}""");
        using (var process = new PolledStream(stream, _time))
            Assert.Equal(
                $"an answer of {_server.Address}/orders links to a next page on another host, which is not asked",
                Assert.Throws<RunException>(process.Poll).Message
            );
        Assert.Equal([$"Basic {Convert.ToBase64String(Encoding.UTF8.GetBytes("ann:päss"))} k application/json"], headers);
    }

    [Theory]
    [InlineData("""{"baerer": "x"}""", "resources/shop.json has 'baerer', which says nothing of how to sign in", "did you mean 'bearer'?")]
    [InlineData("""{"bearer": 1}""", "resources/shop.json has a 'bearer' that is no text", "write it in quotes")]
    [InlineData(
        """{"bearer": "top\nsecret"}""",
        "resources/shop.json gives the header Authorization a value with a character that no header may have",
        "look for a line end in it"
    )]
    [InlineData(
        """{"headers": {"Content-Type": "top-secret"}}""",
        "requests to {url} cannot have the header 'Content-Type'",
        "take it out of the file that securityRef names"
    )]
    [InlineData(
        """{"bearer": "${env:HUB_TEST_NOT_SET}"}""",
        "The environment variable HUB_TEST_NOT_SET, which ${env:HUB_TEST_NOT_SET} stands for, is not set.",
        null
    )]
    public void A_file_that_signs_in_wrongly_is_told(string resource, string message, string? hint)
    {
        var stream = Stream("""securityRef="shop" """);
        Resource(stream, resource);
        var failure = Assert.Throws<RunException>(() => new PolledStream(stream, _time));
        Assert.Equal(message.Replace("{url}", $"{_server.Address}/orders", StringComparison.Ordinal), failure.Message);
        Assert.Equal(hint, failure.Hint);
    }

    [Fact]
    public void The_event_that_says_where_the_poll_is_outlives_the_retention()
    {
        _server.Answers = Numbers(pages: 2);
        var stream = Stream($"{ByPage} {ByHighest}", retention: "PT1H");
        Poll(stream);
        _server.Take();
        _time.Advance(TimeSpan.FromDays(1));
        using (var care = new StreamCare(stream.Root, stream.Definition, _time))
            care.Look(CancellationToken.None);
        Assert.Equal(["3 {\"at\":3}"], Rows(stream));
        Poll(stream);
        Assert.Equal("/orders?page=3", _server.Take().First());
    }

    /// <summary>Two events a page, whose <c>at</c> counts from 0; asked for those above <c>since</c>.</summary>
    private static Func<HttpContext, Task> Numbers(int pages) =>
        context =>
        {
            var (page, since) = (context.Request.Query["page"].ToString(), context.Request.Query["since"].FirstOrDefault() ?? "-1");
            var numbers = Enumerable
                .Range(0, pages * 2)
                .Where(n => n > int.Parse(since, CultureInfo.InvariantCulture))
                .Skip((int.Parse(page, CultureInfo.InvariantCulture) - 1) * 2)
                .Take(2);
            return context.Response.WriteAsync($"[{string.Join(",", numbers.Select(n => $"{{\"at\":{n}}}"))}]");
        };

    private TestStream Stream(string poll, string path = "orders", int maxEvents = 1000, string? retention = null)
    {
        var stream = new TestStream(
            $"""
            <ingest table="raw" maxDelay="PT0.05S" maxEvents="{maxEvents}" {(retention is null ? "" : $"retention=\"{retention}\"")}>
              <poll url="{_server.Address}/{path}" {poll}/>
            </ingest>
            {(poll.Contains("$.at", StringComparison.Ordinal) ? """<flatten root="orders" key="at" eventId="at"/>""" : "")}
            """
        );
        _streams.Add(stream);
        return stream;
    }

    private static void Resource(TestStream stream, string text)
    {
        var folder = Path.Combine(stream.Folder, "config/applications/shop/staging/resources");
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, "shop.json"), text);
    }

    /// <summary>A process that ends after a poll, which is due.</summary>
    private void Poll(TestStream stream)
    {
        _time.Advance(TimeSpan.FromMinutes(1));
        using var process = new PolledStream(stream, _time);
        process.Poll();
    }

    private static string[] Rows(TestStream stream) => stream.Rows("raw", "concat(\"offset\", ' ', value)");
}
