namespace ServerlessHub.Host.Output;

/// <summary>What <c>hub schema reference --json</c> prints.</summary>
/// <param name="Written">The files that were written, absolute.</param>
internal sealed record WrittenOutput(IReadOnlyList<string> Written);
