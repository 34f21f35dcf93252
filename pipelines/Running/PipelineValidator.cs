using ServerlessHub.Pipelines.Connectors;
using ServerlessHub.Pipelines.Connectors.Databases;
using ServerlessHub.Pipelines.Definitions;
using ServerlessHub.Pipelines.Planning;

namespace ServerlessHub.Pipelines.Running;

/// <summary>Which run a validation is for.</summary>
/// <param name="RunId">The run's id.</param>
/// <param name="Attempt">Which attempt, from 1.</param>
/// <param name="Started">When it began.</param>
public sealed record RunIdentity(string RunId, int Attempt, DateTimeOffset Started);

/// <summary>
/// Validates pipeline documents against everything that can be known without running them: their form, their names and expressions, their schemas,
/// and the files, tables and databases they name. One validator serves many documents, one after the other.
/// </summary>
public sealed class PipelineValidator : IDisposable
{
    private readonly HubRoot root;
    private readonly TimeProvider time;
    private readonly ExpressionBinder binder = new();
    private readonly EngineOnDemand probe = new(isSealed: false);
    private readonly KnownDatabases databases = new();

    /// <summary>A validator for the documents of a hub root.</summary>
    public PipelineValidator(HubRoot root, TimeProvider time) => (this.root, this.time) = (root, time);

    /// <summary>Validates a document as it is, without values for its parameters other than their defaults.</summary>
    public Validation Validate(DocumentFile file) => Validate(file, new Dictionary<string, string>(), null);

    /// <summary>Validates a document for a run, with the parameters it is to run with.</summary>
    /// <param name="file">The document.</param>
    /// <param name="parameters">Parameters by name, in text form.</param>
    /// <param name="run">The run; null when there is none, and missing parameters are then no error.</param>
    public Validation Validate(DocumentFile file, IReadOnlyDictionary<string, string> parameters, RunIdentity? run)
    {
        var findings = new Diagnostics();
        var document = PipelineDocument.Read(PipelineLanguage.Spec, file.Text, file.Name, file.Address.Layer, findings);
        if (document is null)
            return new Validation(null, null, ParameterValues.None, findings, null);
        var values = ParameterValues.Of(
            document.Parameters,
            parameters,
            BuiltIns(file.Address, run),
            isComplete: run is not null,
            findings
        );
        document = document.Expand(values, findings);
        var context = new ConnectorContext(root, file.Address, values, findings, probe) { Databases = databases };
        var bound = PipelineBinder.Bind(document, context, binder);
        return new Validation(document, bound, values, findings, context);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        databases.Dispose();
        binder.Dispose();
        probe.Dispose();
    }

    private BuiltInParameters BuiltIns(DocumentAddress address, RunIdentity? run) =>
        new(address.App, address.Layer, address.Id, run?.RunId, run?.Attempt ?? 1, run?.Started ?? time.GetUtcNow());
}

/// <summary>What came of validating a document.</summary>
/// <param name="Document">The document; null when it could not be read at all.</param>
/// <param name="Bound">The document with every name given its meaning, as far as there is one; runs only if there are no errors.</param>
/// <param name="Values">The parameters.</param>
/// <param name="Findings">All that was found.</param>
/// <param name="Context">What its connectors were asked with; null with the document.</param>
public sealed record Validation(
    PipelineDocument? Document,
    BoundPipeline? Bound,
    ParameterValues Values,
    Diagnostics Findings,
    ConnectorContext? Context
)
{
    internal RunContext ForRun(string runId, string workFolder, SourceState state) =>
        new(Context!.Root, Context.Address, Values, Findings, Context.ProbeEngine, runId, workFolder, state);
}
