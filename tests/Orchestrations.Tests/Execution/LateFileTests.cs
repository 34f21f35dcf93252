using Microsoft.Extensions.Logging.Abstractions;
using ServerlessHub.Orchestrations.Activities;
using ServerlessHub.Orchestrations.Tests.Notifications;

namespace ServerlessHub.Orchestrations.Tests.Execution;

/// <summary>Files that should start a job, and do not come or are never whole.</summary>
public sealed class LateFileTests : IDisposable
{
    private readonly TestHub hub = new();
    private readonly TestClock clock = new();
    private readonly JobHub jobs;
    private readonly HubWatch watch;
    private readonly HttpReceiver receiver = new(HttpReceiver.Answer(400), HttpReceiver.Answer(200));

    public LateFileTests()
    {
        hub.Write(
            "config/applications/shop/staging/jobs/nightly.xml",
            $"""
            <jobPipeline id="nightly" version="1.0">
              <triggers><onFile path="landing/*.csv" expectedBy="30 * * * *" partialAfter="PT5M"/></triggers>
              <pipelines><approval id="look"/></pipelines>
              <notifications>
                <webhook url="{receiver.Address}" on="fileLate, filePartial"/>
                <webhook url="{receiver.Address}" on="failure"/>
              </notifications>
            </jobPipeline>
            """
        );
        jobs = new JobHub(hub.Root, new JobHubOptions(), clock, NullLogger<JobHub>.Instance);
        watch = new HubWatch(jobs);
    }

    public void Dispose()
    {
        receiver.Dispose();
        jobs.Dispose();
        hub.Dispose();
    }

    [Fact]
    public async Task Who_is_to_be_told_is_told_until_it_has_been_heard()
    {
        await Look(minutes: 0);
        await Look(minutes: 29);
        Assert.Empty(receiver.Requests);

        await Look(minutes: 1);
        await Look(minutes: 1);
        await Look(minutes: 1);
        var told = receiver.Requests.Select(r => System.Text.Json.JsonDocument.Parse(r.Body).RootElement).ToArray();
        Assert.Equal(["job.fileLate", "job.fileLate"], told.Select(t => t.GetProperty("type").GetString()));
        Assert.Single(told.Select(t => t.GetProperty("id").GetString()).Distinct());
        Assert.StartsWith("no file has come for 'landing/*.csv' by ", told[0].GetProperty("data").GetProperty("error").GetString());

        for (var size = 1; size < 12; size++)
        {
            hub.Write("landing/a.csv", new string('x', size));
            await Look(minutes: 1);
        }
        var last = System.Text.Json.JsonDocument.Parse(receiver.Requests.Last().Body).RootElement;
        Assert.Equal("job.filePartial", last.GetProperty("type").GetString());
        Assert.Equal(3, receiver.Requests.Count);
    }

    private async Task Look(int minutes)
    {
        clock.Now += TimeSpan.FromMinutes(minutes);
        await watch.StartDue(CancellationToken.None);
        await watch.CatchUp(CancellationToken.None);
    }
}
