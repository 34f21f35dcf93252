using ServerlessHub.Api.Problems;
using ServerlessHub.Pipelines.Definitions;
using ServerlessHub.Pipelines.Running;

namespace ServerlessHub.Host.Output;

/// <summary>What <c>hub validate --json</c> prints, and any command that was stopped by an invalid document.</summary>
/// <param name="Documents">The documents, in the order in which they were checked.</param>
/// <param name="Errors">The number of errors in all of them.</param>
/// <param name="Warnings">The number of warnings.</param>
/// <param name="Notes">The number of notes.</param>
internal sealed record ValidationOutput(IReadOnlyList<ValidatedDocument> Documents, int Errors, int Warnings, int Notes)
{
    internal string Summary =>
        $"{Quantity.Of(Documents.Count, "document")}, {Quantity.Of(Errors, "error")}, {Quantity.Of(Warnings, "warning")}, {Quantity.Of(Notes, "note")}";

    internal static ValidationOutput Of(IReadOnlyList<(HubDocument Document, Diagnostics Findings)> validated)
    {
        var documents = validated.Select(v => ValidatedDocument.Of(v.Document, v.Findings)).ToList();
        return new ValidationOutput(documents, Count(Severity.Error), Count(Severity.Warning), Count(Severity.Note));

        int Count(Severity severity) => validated.Sum(v => v.Findings.Count(f => f.Severity == severity));
    }
}

/// <summary>A document that was checked.</summary>
/// <param name="File">Its file, relative to the hub root.</param>
/// <param name="App">Its application.</param>
/// <param name="Layer">Its layer.</param>
/// <param name="Kind"><c>pipeline</c>, <c>job</c> or <c>stream</c>.</param>
/// <param name="Id">Its id.</param>
/// <param name="Valid">Whether it has no error.</param>
/// <param name="Findings">What was found, in the order of the document.</param>
internal sealed record ValidatedDocument(
    string File,
    string App,
    string Layer,
    string Kind,
    string Id,
    bool Valid,
    IReadOnlyList<FindingOutput> Findings
)
{
    internal static ValidatedDocument Of(HubDocument document, Diagnostics findings) =>
        new(
            document.File,
            document.Address.App,
            document.Address.Layer,
            document.Kind.ToString().ToLowerInvariant(),
            document.Address.Id,
            !findings.HasErrors,
            [.. findings.Select(FindingOutput.Of)]
        );
}
