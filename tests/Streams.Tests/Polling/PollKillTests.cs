using System.Globalization;
using Microsoft.AspNetCore.Http;
using ServerlessHub.Streams.Tests.Kafka;
using ServerlessHub.Tests.Shared;

namespace ServerlessHub.Streams.Tests.Polling;

/// <summary>Processes that poll a service are killed at random moments, of requests and of commits: each event is in the raw table once, in its order.</summary>
public sealed class PollKillTests
{
    private const int PageSize = 20;

    [Fact]
    public async Task Whenever_who_polls_is_killed_each_event_is_there_once()
    {
        var random = new Random(Campaign.Seed);
        var events = Campaign.Events(inSuite: 4_000) / PageSize * PageSize;
        await using var server = await PollServer.Start();
        server.Answers = context => Answer(context, events);
        var body = $"""
            <ingest table="raw" maxEvents="200" maxDelay="PT0.1S">
              <poll url="{server.Address}/orders" every="PT0.2S" paging="page" requestsPerMinute="1000000"
                    cursor="highest" cursorPath="$.n" cursorParameter="since"/>
            </ingest>
            <flatten root="flat" key="n"/>
            """;
        using var stream = new TestStream(body);
        await File.WriteAllTextAsync(
            Path.Combine(stream.Folder, "config/applications/shop/staging/streams/orders.xml"),
            $"""<stream id="orders" version="1.0" layer="staging">{body}</stream>"""
        );

        using var reader = stream.Open();
        bool IsDone() => reader.Offsets().Values.SingleOrDefault(-1) == events - 1;

        for (var kills = Campaign.Kills(inSuite: 5); kills > 0; kills--)
        {
            using var victim = StreamProcess.Start(stream.Folder);
            // Each line is a commit.
            for (var lines = random.Next(4); lines > 0 && !IsDone(); lines--)
                Assert.NotNull(await victim.StandardOutput.ReadLineAsync());
            Thread.SpinWait(random.Next(20_000_000));
            victim.Kill();
            await victim.WaitForExitAsync();
        }
        using (var last = StreamProcess.Start(stream.Folder))
        {
            while (!IsDone())
                Assert.NotNull(await last.StandardOutput.ReadLineAsync());
            last.Kill();
            await last.WaitForExitAsync();
        }

        reader.CatchUp();
        Assert.Equal([$"{events} {events} 0"], stream.Rows("raw", Once("\"offset\"", "(t.value::JSON ->> 'n')::BIGINT")).Distinct());
        Assert.Equal([$"{events} {events} 0"], stream.Rows("flat", Once("_offset", "n")).Distinct());
    }

    /// <summary>How many rows there are, how many numbers, and how many are not where they should be.</summary>
    private static string Once(string offset, string number) =>
        $"concat_ws(' ', count(*) OVER (), max({number}) OVER () + 1, count(*) FILTER ({offset} <> {number}) OVER ())";

    private static Task Answer(HttpContext context, int events)
    {
        var query = context.Request.Query;
        var since = int.Parse(query["since"].FirstOrDefault() ?? "-1", CultureInfo.InvariantCulture);
        var first = since + 1 + (int.Parse(query["page"]!, CultureInfo.InvariantCulture) - 1) * PageSize;
        var numbers = Enumerable.Range(first, Math.Max(0, Math.Min(PageSize, events - first)));
        return context.Response.WriteAsync($"[{string.Join(",", numbers.Select(n => $"{{\"n\":{n}}}"))}]");
    }
}
