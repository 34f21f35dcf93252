namespace ServerlessHub.Orchestrations.Orchestrators;

/// <summary>What an orchestration is given that does the same again and again.</summary>
/// <param name="Due">When it does it next.</param>
public sealed record MaintenanceInput(DateTimeOffset Due);

/// <summary>What a night has to do.</summary>
/// <param name="IsHere">False where the process that was asked ends soon, and leaves it to another.</param>
/// <param name="Tables">The folders of the tables that are looked after.</param>
public sealed record MaintenanceRound(bool IsHere, IReadOnlyList<string> Tables);
