using ServerlessHub.Engine;

namespace ServerlessHub.Lake;

/// <summary>A column of a table.</summary>
/// <param name="Name">Its name, unique in the table without regard to case.</param>
/// <param name="Type">Its type, as the engine has it.</param>
/// <param name="Nullable">Whether a row may have no value; if not, a write that would leave one out fails.</param>
/// <param name="Comment">What it means, for people, or null.</param>
public sealed record TableColumn(string Name, LogicalType Type, bool Nullable = true, string? Comment = null);
