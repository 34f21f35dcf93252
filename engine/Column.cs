namespace ServerlessHub.Engine;

/// <summary>A name and a type: a column of a result or table, a field of a struct, a member of a union.</summary>
/// <param name="Name">The name, as it is spelt.</param>
/// <param name="Type">The type.</param>
public sealed record Column(string Name, LogicalType Type);
