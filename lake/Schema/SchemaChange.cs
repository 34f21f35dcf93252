namespace ServerlessHub.Lake.Schema;

/// <summary>Whether rows written under an earlier schema of a table can be read under a later one.</summary>
internal static class SchemaChange
{
    /// <summary>Why they cannot, or null.</summary>
    public static string? WhyNotReadable(DeltaType earlier, DeltaType later, string place = "") =>
        (earlier, later) switch
        {
            (StructType a, StructType b) => a
                .Fields.Select(field => WhyNotReadable(field, b, place))
                .FirstOrDefault(problem => problem is not null),
            (ArrayType a, ArrayType b) => WhyNotReadable(a.Element, b.Element, place + ".element"),
            (MapType a, MapType b) => WhyNotReadable(a.Key, b.Key, place + ".key") ?? WhyNotReadable(a.Value, b.Value, place + ".value"),
            _ => TypeWidening.Allows(earlier, later) ? null : $"column '{place}' was {earlier} and is {later}",
        };

    private static string? WhyNotReadable(SchemaField field, StructType later, string place)
    {
        var name = place.Length == 0 ? field.Name : $"{place}.{field.Name}";
        var found = later.Fields.FirstOrDefault(other => other.PhysicalName == field.PhysicalName);
        if (found is null)
            return $"column '{name}' was dropped";
        return found.Name == field.Name ? WhyNotReadable(field.Type, found.Type, name) : $"column '{name}' was renamed to '{found.Name}'";
    }
}
