using ServerlessHub.Pipelines.Definitions;
using ServerlessHub.Pipelines.Running;

namespace ServerlessHub.Orchestrations.Publishing;

/// <summary>What came of an upload.</summary>
/// <param name="Document">The document.</param>
/// <param name="Revision">The revision that is published now; null for none.</param>
/// <param name="IsAccepted">Whether that is what was uploaded.</param>
/// <param name="Findings">Why it was refused; empty where it was not.</param>
public sealed record Publication(HubDocument Document, string? Revision, bool IsAccepted, IReadOnlyList<RefusalFinding> Findings);

/// <summary>What is put beside a document that was refused.</summary>
/// <param name="File">The document, relative to the hub root.</param>
/// <param name="Refused">When.</param>
/// <param name="Published">The revision that stays the published one, and was put back; null where there was none, and what was uploaded was left.</param>
/// <param name="Findings">Why.</param>
public sealed record RefusalReport(string File, DateTimeOffset Refused, string? Published, IReadOnlyList<RefusalFinding> Findings);

/// <summary>Something that was found in a document.</summary>
/// <param name="Severity">How bad it is.</param>
/// <param name="Rule">The rule's id, such as <c>HUB2001</c>.</param>
/// <param name="Line">The line, from 1; 0 when the whole file is meant.</param>
/// <param name="Column">The column, from 1; 0 when the whole line is meant.</param>
/// <param name="Message">What is wrong.</param>
/// <param name="Hint">What to do about it.</param>
public sealed record RefusalFinding(Severity Severity, string Rule, int Line, int Column, string Message, string? Hint)
{
    /// <summary>The finding of a validation.</summary>
    public RefusalFinding(Diagnostic finding)
        : this(finding.Severity, finding.Rule.Id, finding.Location.Line, finding.Location.Column, finding.Message, finding.Hint) { }
}
