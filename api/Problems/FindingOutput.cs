using ServerlessHub.Pipelines.Definitions;

namespace ServerlessHub.Api.Problems;

/// <summary>Something that was found in a document.</summary>
/// <param name="Severity"><c>error</c>, <c>warning</c> or <c>note</c>.</param>
/// <param name="Rule">The rule's id, such as <c>HUB2001</c>.</param>
/// <param name="File">The file, relative to the hub root.</param>
/// <param name="Line">The line, from 1; 0 when the whole file is meant.</param>
/// <param name="Column">The column, from 1; 0 when the whole line is meant.</param>
/// <param name="Message">What is wrong.</param>
/// <param name="Hint">What to do about it.</param>
public sealed record FindingOutput(string Severity, string Rule, string File, int Line, int Column, string Message, string? Hint)
{
    /// <summary>The finding for a program.</summary>
    public static FindingOutput Of(Diagnostic finding) =>
        new(
            finding.Severity.ToString().ToLowerInvariant(),
            finding.Rule.Id,
            finding.Location.File,
            finding.Location.Line,
            finding.Location.Column,
            finding.Message,
            finding.Hint
        );
}
