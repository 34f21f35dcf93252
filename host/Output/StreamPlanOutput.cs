using ServerlessHub.Api.Documents;
using ServerlessHub.Api.Problems;

namespace ServerlessHub.Host.Output;

/// <summary>What <c>hub plan --json</c> prints of a stream.</summary>
/// <param name="App">The application.</param>
/// <param name="Layer">The layer.</param>
/// <param name="Stream">The stream's id.</param>
/// <param name="Version">The document's version.</param>
/// <param name="File">The document, relative to the hub root.</param>
/// <param name="Source">Where its events come from.</param>
/// <param name="Tables">The tables it writes, each after the one it is made of.</param>
/// <param name="Publications">What it sends on.</param>
/// <param name="Findings">Warnings and notes about the document.</param>
internal sealed record StreamPlanOutput(
    string App,
    string Layer,
    string Stream,
    string Version,
    string File,
    StreamEndOutput Source,
    IReadOnlyList<StreamTableOutput> Tables,
    IReadOnlyList<PublicationOutput> Publications,
    IReadOnlyList<FindingOutput> Findings
);
