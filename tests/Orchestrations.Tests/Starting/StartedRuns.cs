using ServerlessHub.Orchestrations.Starting;
using ServerlessHub.Pipelines.Running;

namespace ServerlessHub.Orchestrations.Tests.Starting;

/// <summary>What was started, as a durable runtime keeps it: by id, once.</summary>
internal sealed class StartedRuns
{
    private readonly Lock gate = new();
    private readonly List<StartRequest> requests = [];

    public static readonly DocumentAddress Orders = new("sales", "staging", "orders");

    /// <summary>Called before each start; what it throws happens instead.</summary>
    public Action<StartRequest> Before { get; set; } = _ => { };

    public IReadOnlyList<StartRequest> Requests
    {
        get
        {
            lock (gate)
                return [.. requests];
        }
    }

    public Task<StartOutcome> Start(StartRequest request, CancellationToken ct)
    {
        Before(request);
        Assert.True(RunId.IsValid(request.RunId), request.RunId);
        lock (gate)
        {
            if (requests.FirstOrDefault(r => r.RunId == request.RunId) is { } earlier)
            {
                Assert.Equal(earlier.Parameters, request.Parameters);
                return Task.FromResult(new StartOutcome(StartResult.AlreadyStarted));
            }
            requests.Add(request);
        }
        return Task.FromResult(new StartOutcome(StartResult.Started));
    }
}
