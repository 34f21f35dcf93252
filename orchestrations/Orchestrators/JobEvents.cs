namespace ServerlessHub.Orchestrations.Orchestrators;

/// <summary>The events that a job's orchestration waits for.</summary>
public static class JobEvents
{
    /// <summary>It is to end; a <see cref="CancelRequest"/>.</summary>
    public const string Cancel = "cancel";

    /// <summary>It has a place; true.</summary>
    public const string Admitted = "admitted";

    /// <summary>A person has decided on an approval; an <see cref="Runs.ApprovalDecision"/>.</summary>
    /// <param name="node">The approval's node.</param>
    public static string Approval(string node) => $"approval:{node}";
}
