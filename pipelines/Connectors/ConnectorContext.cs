using ServerlessHub.Engine;
using ServerlessHub.Pipelines.Connectors.Databases;
using ServerlessHub.Pipelines.Definitions;
using ServerlessHub.Pipelines.Planning;
using ServerlessHub.Pipelines.Running;

namespace ServerlessHub.Pipelines.Connectors;

/// <summary>What a connector needs to know the outside: the hub root, whose document it is, and the values of parameters as far as they are known.</summary>
public class ConnectorContext
{
    /// <summary>A context for a document.</summary>
    internal ConnectorContext(HubRoot root, DocumentAddress address, ParameterValues values, Diagnostics findings, EngineOnDemand probe)
    {
        Root = root;
        Address = address;
        Values = values;
        Findings = findings;
        ProbeEngine = probe;
    }

    /// <summary>The hub root.</summary>
    public HubRoot Root { get; }

    /// <summary>The document's application, layer and id.</summary>
    public DocumentAddress Address { get; }

    /// <summary>The parameters; at validation those without a value are unknown.</summary>
    public ParameterValues Values { get; }

    /// <summary>Where findings go.</summary>
    public Diagnostics Findings { get; }

    /// <summary>An engine to look at files with: their headers and their own schemas. It is not the run's engine and is not sealed.</summary>
    public Connection Probe => ProbeEngine.Connection;

    internal EngineOnDemand ProbeEngine { get; }

    /// <summary>The databases that other documents of the same validation asked too; null outside of one.</summary>
    internal KnownDatabases? Databases { get; init; }
}
