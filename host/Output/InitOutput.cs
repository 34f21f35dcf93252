namespace ServerlessHub.Host.Output;

/// <summary>What <c>hub init --json</c> prints.</summary>
/// <param name="Root">The hub root, absolute.</param>
/// <param name="Written">The files that were written, relative to it; those that were there already are left out.</param>
internal sealed record InitOutput(string Root, IReadOnlyList<string> Written);
