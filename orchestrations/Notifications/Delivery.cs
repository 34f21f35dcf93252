namespace ServerlessHub.Orchestrations.Notifications;

/// <summary>What came of telling one target.</summary>
/// <param name="To">Whom: the addresses of people, the host of a program. Never more of an address, which may be a secret.</param>
/// <param name="Attempts">How often it was tried.</param>
/// <param name="Error">Why it was not delivered; null if it was.</param>
/// <param name="Hint">What to do about it; null where nothing is known.</param>
public sealed record Delivery(string To, int Attempts, string? Error = null, string? Hint = null)
{
    /// <summary>Whether the target has said that it has it.</summary>
    public bool IsDelivered => Error is null;
}
