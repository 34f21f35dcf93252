namespace ServerlessHub.Lake.Maintenance;

/// <summary>What was due for a table, and done.</summary>
/// <param name="Optimized">How small files were put together; null if no partition had many, or the table does not want it.</param>
/// <param name="Vacuumed">How unused files were deleted; null if there were none, or the table does not want it.</param>
public sealed record UpkeepResult(OptimizeResult? Optimized, VacuumResult? Vacuumed);
