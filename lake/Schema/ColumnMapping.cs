using System.Text.Json.Nodes;
using ServerlessHub.Lake.Log;

namespace ServerlessHub.Lake.Schema;

/// <summary>Under which names, or numbers, a table's columns are found in its files: the protocol's column mapping.</summary>
internal static class ColumnMapping
{
    public const string Property = "delta.columnMapping.mode";
    public const string PhysicalNameKey = "delta.columnMapping.physicalName";
    public const string IdKey = "delta.columnMapping.id";
    private const int FirstReader = 2;
    private const int FeatureReader = 3;

    /// <summary>The mode that is in force: <c>none</c>, <c>name</c> or <c>id</c>.</summary>
    public static string ModeOf(TableProtocol protocol, TableMetadata metadata)
    {
        var isSupported =
            protocol.MinReaderVersion == FirstReader
            || (protocol.MinReaderVersion >= FeatureReader && protocol.ReaderFeatures?.Contains("columnMapping") == true);
        return isSupported ? metadata.Property(Property)?.ToLowerInvariant() ?? "none" : "none";
    }

    /// <summary>The schema with each field's place in the files.</summary>
    /// <exception cref="FormatException">The mode is unknown, or a field lacks its place; the message names it.</exception>
    public static StructType Apply(StructType schema, string mode) =>
        mode switch
        {
            "none" => schema,
            "name" or "id" => Map(schema, mode == "id", ""),
            _ => throw new FormatException($"its columns are mapped by '{mode}' ({Property}), which is not one this version knows"),
        };

    private static StructType Map(StructType type, bool byId, string parent) =>
        new([.. type.Fields.Select(field => Map(field, byId, $"{parent}{field.Name}"))]);

    private static SchemaField Map(SchemaField field, bool byId, string path) =>
        field with
        {
            Type = Map(field.Type, byId, path),
            PhysicalName =
                field.Metadata[PhysicalNameKey]?.ToString()
                ?? throw new FormatException($"its columns are mapped, but column '{path}' has no {PhysicalNameKey}"),
            FieldId = byId ? Id(field, path) : null,
        };

    private static DeltaType Map(DeltaType type, bool byId, string path) =>
        type switch
        {
            StructType composite => Map(composite, byId, path + "."),
            ArrayType array => array with { Element = Map(array.Element, byId, path + ".element") },
            MapType map => map with { Key = Map(map.Key, byId, path + ".key"), Value = Map(map.Value, byId, path + ".value") },
            _ => type,
        };

    private static int Id(SchemaField field, string path) =>
        field.Metadata[IdKey] is JsonValue value && value.TryGetValue<int>(out var id)
            ? id
            : throw new FormatException($"its columns are mapped by id, but column '{path}' has no {IdKey}");
}
