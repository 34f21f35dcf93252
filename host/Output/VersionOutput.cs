namespace ServerlessHub.Host.Output;

/// <summary>What <c>hub version --json</c> prints.</summary>
/// <param name="Hub">The hub's version.</param>
/// <param name="DuckDb">The version of the engine.</param>
/// <param name="Runtime">The version of .NET.</param>
/// <param name="Platform">The system and processor, such as <c>linux-x64</c>.</param>
internal sealed record VersionOutput(string Hub, string DuckDb, string Runtime, string Platform);
