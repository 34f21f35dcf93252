using System.Text.Json.Nodes;

namespace ServerlessHub.Host.Output;

/// <summary>What <c>hub demo --json</c> prints.</summary>
/// <param name="Root">The hub root, absolute.</param>
/// <param name="Rows">The customers that were made.</param>
/// <param name="Runs">The report of each run, as <c>hub run --json</c> prints it.</param>
internal sealed record DemoOutput(string Root, int Rows, IReadOnlyList<JsonNode> Runs);
