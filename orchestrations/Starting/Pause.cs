namespace ServerlessHub.Orchestrations.Starting;

/// <summary>That something starts no run for now.</summary>
/// <param name="By">Who said so.</param>
/// <param name="Why">Why; null if it was not said.</param>
/// <param name="At">When.</param>
public sealed record Pause(string By, string? Why, DateTimeOffset At);
