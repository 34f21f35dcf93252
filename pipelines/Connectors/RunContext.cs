using ServerlessHub.Pipelines.Definitions;
using ServerlessHub.Pipelines.Planning;
using ServerlessHub.Pipelines.Running;

namespace ServerlessHub.Pipelines.Connectors;

/// <summary>A run, as its connectors see it.</summary>
public sealed class RunContext : ConnectorContext
{
    /// <summary>A context for a run.</summary>
    internal RunContext(
        HubRoot root,
        DocumentAddress address,
        ParameterValues values,
        Diagnostics findings,
        EngineOnDemand probe,
        string runId,
        string workFolder,
        SourceState state
    )
        : base(root, address, values, findings, probe)
    {
        RunId = runId;
        WorkFolder = workFolder;
        State = state;
    }

    /// <summary>The run's id. The same id again means the same run again: what it committed is found done.</summary>
    public string RunId { get; }

    /// <summary>A folder of the run's own for files that live no longer than it. It exists, and goes with the run.</summary>
    public string WorkFolder { get; }

    /// <summary>What earlier successful runs of the pipeline have read, and what this one reads.</summary>
    public SourceState State { get; }

    /// <summary>The token by which a target recognises this run's write: the run and the target.</summary>
    public string Token(string target) => $"{RunId}/{target}";
}
