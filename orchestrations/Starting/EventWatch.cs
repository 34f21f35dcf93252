using ServerlessHub.Pipelines.Definitions;
using ServerlessHub.Pipelines.Running;

namespace ServerlessHub.Orchestrations.Starting;

/// <summary>A document that an event of its application starts.</summary>
/// <param name="Kind">What the document is.</param>
/// <param name="Document">The document.</param>
/// <param name="Trigger">The event.</param>
/// <param name="Parameters">The names of the parameters that the document declares.</param>
public sealed record EventWatch(DocumentKind Kind, DocumentAddress Document, EventTrigger Trigger, IReadOnlyList<string> Parameters);
