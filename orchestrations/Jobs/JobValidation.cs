using ServerlessHub.Pipelines.Definitions;
using ServerlessHub.Pipelines.Planning;
using ServerlessHub.Pipelines.Running;

namespace ServerlessHub.Orchestrations.Jobs;

/// <summary>What came of validating a job.</summary>
/// <param name="Document">The document; null when it could not be read at all.</param>
/// <param name="Graph">Its graph; null while there are errors.</param>
/// <param name="Values">Its parameters.</param>
/// <param name="References">What its nodes run, by node, as far as it was found; approvals have none.</param>
/// <param name="Fallbacks">The fallback pipelines, by node, as far as they were found.</param>
/// <param name="Conditions">The conditions, by node, as far as they mean something.</param>
/// <param name="Findings">All that was found.</param>
public sealed record JobValidation(
    JobDocument? Document,
    JobGraph? Graph,
    ParameterValues Values,
    IReadOnlyDictionary<string, NodeReference> References,
    IReadOnlyDictionary<string, NodeReference> Fallbacks,
    IReadOnlyDictionary<string, NodeCondition> Conditions,
    Diagnostics Findings
);

/// <summary>What a node runs: a pipeline or a job.</summary>
/// <param name="Document">Which document.</param>
/// <param name="File">The document as it was read.</param>
/// <param name="Parameters">The parameters it declares.</param>
/// <param name="Pipeline">The pipeline as far as it is bound; null for a job.</param>
public sealed record NodeReference(
    HubDocument Document,
    DocumentFile File,
    IReadOnlyList<ParameterSpec> Parameters,
    BoundPipeline? Pipeline
);
