namespace ServerlessHub.Pipelines.Drafting;

/// <summary>Something that was guessed from a sample, and how sure that is.</summary>
/// <param name="Value">What it most likely is.</param>
/// <param name="Confidence">From 0, a bare assumption, to 1, certain.</param>
/// <param name="Reason">What speaks for it, in a few words.</param>
public sealed record Guess<T>(T Value, double Confidence, string Reason);
