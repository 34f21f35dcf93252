using ServerlessHub.Pipelines.Definitions;
using ServerlessHub.Streams.Definitions;
using ServerlessHub.Streams.Planning;
using ServerlessHub.Streams.Processing;

namespace ServerlessHub.Streams.Running;

/// <summary>What came of validating a stream.</summary>
/// <param name="Document">The document; null when it could not be read at all.</param>
/// <param name="Plan">What it means, as far as that is known; the stream runs only if there are no errors.</param>
/// <param name="Definition">What runs; null while there are errors.</param>
/// <param name="Findings">All that was found.</param>
public sealed record StreamValidation(StreamDocument? Document, StreamPlan? Plan, StreamDefinition? Definition, Diagnostics Findings);
