using ServerlessHub.Pipelines.Definitions;

namespace ServerlessHub.Pipelines.Running;

/// <summary>A document, or what was given to run it with, is wrong. The findings say what; nothing was begun.</summary>
public sealed class InvalidDocumentException(Diagnostics findings)
    : Exception($"The document has {findings.Count(f => f.Severity == Severity.Error)} errors.")
{
    /// <summary>All that was found.</summary>
    public Diagnostics Findings { get; } = findings;
}
