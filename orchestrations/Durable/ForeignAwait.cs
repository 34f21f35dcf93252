namespace ServerlessHub.Orchestrations.Durable;

/// <summary>The mistake of an orchestrator that awaits what is not of its context: no history can say how it goes on.</summary>
public static class ForeignAwait
{
    /// <summary>What such an orchestrator is told.</summary>
    public const string Explanation =
        "awaits something that is not of its context, such as Task.Delay, Task.Run, CancelAsync or what follows a ConfigureAwait(false), so its history cannot say how it "
        + "goes on. Use the context's timers, activities and events, and await them as they are.";

    /// <summary>The failure of an instance whose orchestrator does so.</summary>
    /// <param name="orchestrator">The orchestrator's name.</param>
    /// <param name="instanceId">The instance.</param>
    public static TaskFailure In(string orchestrator, string instanceId) =>
        new("System.InvalidOperationException", $"Orchestrator '{orchestrator}' of instance '{instanceId}' {Explanation}");
}
