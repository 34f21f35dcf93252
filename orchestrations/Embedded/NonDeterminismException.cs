namespace ServerlessHub.Orchestrations.Embedded;

/// <summary>An orchestrator decides otherwise than its history says that it did.</summary>
internal sealed class NonDeterminismException(string message) : Exception(message)
{
    public static NonDeterminismException Of(string instanceId, string orchestrator, int number, Decision? inHistory, Decision? now)
    {
        var before = inHistory is null ? "nothing more" : $"{inHistory.Description} (task {inHistory.Task})";
        var after = now is null ? "nothing more" : $"{now.Description} (task {now.Task})";
        return new(
            $"Orchestrator '{orchestrator}' of instance '{instanceId}' does not decide as it did before: decision {number} of its history is {before}, "
                + $"and it now takes {after}. It was changed while the instance was open, or decides by something that is not its input. "
                + "The instance waits as it is: run it with the orchestrator that began it, or terminate it."
        );
    }
}
