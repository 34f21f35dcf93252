using ServerlessHub.Orchestrations.Jobs;
using ServerlessHub.Pipelines.Running;

namespace ServerlessHub.Host.Output;

/// <summary>What <c>hub simulate --json</c> prints.</summary>
/// <param name="App">The application.</param>
/// <param name="Layer">The layer.</param>
/// <param name="Job">The job's id.</param>
/// <param name="File">The document, relative to the hub root.</param>
/// <param name="Status">How the job would end: <c>Completed</c>, <c>CompletedWithErrors</c> or <c>Failed</c>.</param>
/// <param name="Steps">What would run, in order.</param>
/// <param name="Nodes">How each node would end, in the order of the document.</param>
internal sealed record SimulationOutput(
    string App,
    string Layer,
    string Job,
    string File,
    string Status,
    IReadOnlyList<SimulatedStepOutput> Steps,
    IReadOnlyList<SimulatedNodeOutput> Nodes
)
{
    internal static SimulationOutput Of(HubDocument document, JobSimulation simulation) =>
        new(
            document.Address.App,
            document.Address.Layer,
            document.Address.Id,
            document.File,
            simulation.Ending.ToString(),
            [.. simulation.Steps.Select(s => new SimulatedStepOutput(s.Round, s.Node, s.Attempt, s.IsFallback, s.Result.ToString()))],
            [.. simulation.Nodes.Select(n => new SimulatedNodeOutput(n.Node, n.Status.ToString(), n.Cause))]
        );
}

/// <summary>An attempt at a node that would be made.</summary>
/// <param name="Round">When it would begin: what begins together has the same round, from 1.</param>
/// <param name="Node">The node.</param>
/// <param name="Attempt">Which attempt it is, from 1.</param>
/// <param name="IsFallback">Whether the fallback pipeline would run in the node's place.</param>
/// <param name="Result">How it is supposed to end: <c>Succeeded</c>, <c>Failed</c>, <c>FailedTransiently</c> or <c>LeftOut</c>.</param>
internal sealed record SimulatedStepOutput(int Round, string Node, int Attempt, bool IsFallback, string Result);

/// <summary>How a node would end.</summary>
/// <param name="Node">The node.</param>
/// <param name="Status"><c>Succeeded</c>, <c>Failed</c>, <c>Skipped</c>, <c>NotStarted</c>, <c>Replaced</c>, or <c>Cancelled</c> for an approval that would no longer be waited for.</param>
/// <param name="Because">The node because of which it would be skipped or not started.</param>
internal sealed record SimulatedNodeOutput(string Node, string Status, string? Because);
