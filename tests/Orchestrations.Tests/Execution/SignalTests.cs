using ServerlessHub.Orchestrations.Durable;
using ServerlessHub.Orchestrations.Orchestrators;
using ServerlessHub.Orchestrations.Runs;
using ServerlessHub.Orchestrations.Starting;
using ServerlessHub.Pipelines.Running;

namespace ServerlessHub.Orchestrations.Tests.Execution;

/// <summary>Events that start documents, whatever dies meanwhile.</summary>
public sealed class SignalTests : IAsyncDisposable
{
    private readonly RunningHub hub = new();

    public ValueTask DisposeAsync() => hub.DisposeAsync();

    [Fact]
    public async Task What_an_event_wants_is_started_once_by_whoever_comes_next()
    {
        hub.Pipeline("one");
        hub.Pipeline("two");
        hub.Open();
        StartRequest[] starts = [Start("one"), Start("two")];
        var instance = SignalOrchestrator.InstanceId("s");

        // The host ends when the event is durable, and before its starts need be.
        await hub.Jobs.Client.Start(SignalOrchestrator.Name, instance, new SignalInput(starts));
        await hub.Close();
        hub.Open();

        var ended = await hub.Jobs.Client.WaitForEnd(instance);
        Assert.Equal(InstanceStatus.Completed, ended.Status);
        Assert.Equal(["run-one", "run-two"], ended.Output!.Value.EnumerateArray().Select(r => r.GetString()));
        foreach (var start in starts)
            Assert.Equal(JobStatus.Completed, (await hub.End(start.RunId)).Status);
        Assert.Equal((2, 2), (hub.Rows("one"), hub.Rows("two")));
    }

    [Fact]
    public async Task A_document_that_was_taken_away_since_keeps_no_other_from_being_started()
    {
        hub.Pipeline("here");
        hub.Open();
        var instance = SignalOrchestrator.InstanceId("s");

        await hub.Jobs.Client.Start(SignalOrchestrator.Name, instance, new SignalInput([Start("gone"), Start("here")]));

        var ended = await hub.Jobs.Client.WaitForEnd(instance);
        Assert.Equal(["run-here"], ended.Output!.Value.EnumerateArray().Select(r => r.GetString()));
        Assert.Equal(JobStatus.Completed, (await hub.End("run-here")).Status);
    }

    private static StartRequest Start(string pipeline) =>
        new()
        {
            Kind = DocumentKind.Pipeline,
            Document = new DocumentAddress("shop", "staging", pipeline),
            RunId = $"run-{pipeline}",
            Trigger = new RunTrigger(TriggerKind.Event, "tester", "closed"),
        };
}
