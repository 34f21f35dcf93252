using ServerlessHub.Engine;

namespace ServerlessHub.Pipelines.Connectors.Databases;

/// <summary>A column of a table in a database.</summary>
/// <param name="Name">Its name.</param>
/// <param name="DataType">Its type in the database's own spelling.</param>
/// <param name="Type">The engine's type for it, or null where the hub cannot write it.</param>
/// <param name="IsRequired">Whether a row must bring a value for it: it takes no null and has no default.</param>
internal sealed record TableColumn(string Name, string DataType, LogicalType? Type, bool IsRequired);
