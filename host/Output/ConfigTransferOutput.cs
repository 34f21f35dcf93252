using ServerlessHub.Host.Deployment;

namespace ServerlessHub.Host.Output;

/// <summary>What <c>hub azure push</c> and <c>hub azure promote</c> print.</summary>
/// <param name="To">The hub root that it is brought to.</param>
/// <param name="Brought">Whether it was brought, or only looked at.</param>
/// <param name="Changes">What differs.</param>
internal sealed record ConfigTransferOutput(string To, bool Brought, IReadOnlyList<ConfigChange> Changes);
