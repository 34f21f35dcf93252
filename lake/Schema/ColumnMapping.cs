using System.Text.Json.Nodes;
using ServerlessHub.Lake.Log;

namespace ServerlessHub.Lake.Schema;

/// <summary>Under which names, or numbers, a table's columns are found in its files: the protocol's column mapping.</summary>
internal static class ColumnMapping
{
    public const string Property = "delta.columnMapping.mode";
    public const string MaxIdProperty = "delta.columnMapping.maxColumnId";
    public const string PhysicalNameKey = "delta.columnMapping.physicalName";
    public const string IdKey = "delta.columnMapping.id";
    public const string None = "none";
    private const string Feature = "columnMapping";
    private const string ById = "id";
    private const int FirstReader = 2;
    private const int FeatureReader = 3;

    /// <summary>The mode that is in force: <c>none</c>, <c>name</c> or <c>id</c>.</summary>
    public static string ModeOf(TableProtocol protocol, TableMetadata metadata)
    {
        // Spark has raised tables to this version with a list of features for writers only; their files are mapped all the same.
        var isSupported =
            protocol.MinReaderVersion == FirstReader
            || (
                protocol.MinReaderVersion >= FeatureReader
                && (protocol.ReaderFeatures?.Contains(Feature) == true || protocol.WriterFeatures?.Contains(Feature) == true)
            );
        return isSupported ? ModeOf(metadata) : None;
    }

    /// <summary>The schema with each field's place in the files.</summary>
    /// <exception cref="FormatException">The mode is unknown, or a field lacks its place; the message names it.</exception>
    public static StructType Apply(StructType schema, string mode) =>
        mode switch
        {
            None => schema,
            "name" or ById => Each(schema, (field, path) => Place(field, mode == ById, path)),
            _ => throw new FormatException($"its columns are mapped by '{mode}' ({Property}), which is not one this version knows"),
        };

    /// <summary>
    /// Metadata in which each column, and each field inside of one, has a place in the files: those that have none get one that no column
    /// of the table ever had.
    /// </summary>
    /// <param name="metadata">The metadata, with a mode.</param>
    /// <param name="schema">The table's schema, new columns among it.</param>
    /// <param name="inFiles">
    /// Where files have the columns under their names in the table: the numbers of those that have one, by their paths; otherwise null.
    /// </param>
    /// <exception cref="FormatException">As of <see cref="Apply"/>.</exception>
    public static (TableMetadata Metadata, StructType Schema) Assign(
        TableMetadata metadata,
        StructType schema,
        IReadOnlyDictionary<string, int>? inFiles = null
    )
    {
        var highest = int.TryParse(metadata.Property(MaxIdProperty), out var tracked) ? tracked : 0;
        Each(
            schema,
            (field, _) =>
            {
                highest = Math.Max(highest, IdOf(field) ?? 0);
                return field;
            }
        );
        var assigned = Each(
            schema,
            (field, path) =>
            {
                if (field.Metadata.ContainsKey(PhysicalNameKey) && field.Metadata.ContainsKey(IdKey))
                    return field;
                var known = (JsonObject)field.Metadata.DeepClone();
                known[PhysicalNameKey] ??= inFiles is null ? $"col-{Guid.NewGuid()}" : field.Name;
                known[IdKey] ??= inFiles?.TryGetValue(path, out var id) == true ? id : ++highest;
                return field with { Metadata = known };
            }
        );
        var configuration = new Dictionary<string, string?>(metadata.Configuration ?? new Dictionary<string, string?>())
        {
            [MaxIdProperty] = $"{highest}",
        };
        return (
            metadata with
            {
                SchemaString = SchemaJson.Write(assigned),
                Configuration = configuration,
            },
            Apply(assigned, ModeOf(metadata))
        );
    }

    /// <summary>
    /// Metadata to go back to, in a table whose columns are mapped since then, or that has got more of them: what its files have under a
    /// name stays there, and no number is given again.
    /// </summary>
    /// <param name="now">The table's metadata.</param>
    /// <param name="columns">Its schema, with each field's place in the files.</param>
    /// <param name="then">The metadata to go back to.</param>
    /// <exception cref="FormatException">As of <see cref="Apply"/>, or a schema is none.</exception>
    public static TableMetadata Restore(TableMetadata now, StructType columns, TableMetadata then)
    {
        var configuration = new Dictionary<string, string?>(then.Configuration ?? new Dictionary<string, string?>())
        {
            [MaxIdProperty] = now.Property(MaxIdProperty),
        };
        if (ModeOf(then) != None)
            return then with { Configuration = configuration };
        configuration[Property] = ModeOf(now);
        var schema = SchemaJson.Parse(then.SchemaString ?? throw new FormatException("it had no schema"));
        var ids = new Dictionary<string, int>();
        Each(
            columns,
            (field, path) =>
            {
                if (IdOf(field) is { } id)
                    ids.TryAdd(path, id);
                return field;
            }
        );
        return Assign(then with { Configuration = configuration }, schema, ids).Metadata;
    }

    /// <summary>Whether the table may have had fields that it does not have any more: then more numbers were given than there are fields.</summary>
    public static bool MayHaveDropped(StructType schema, TableMetadata metadata)
    {
        var fields = 0;
        Each(
            schema,
            (field, _) =>
            {
                fields++;
                return field;
            }
        );
        return ModeOf(metadata) != None && (!int.TryParse(metadata.Property(MaxIdProperty), out var given) || given > fields);
    }

    /// <summary>The number of a field; null if it has none.</summary>
    public static int? IdOf(SchemaField field) =>
        field.Metadata[IdKey] is JsonValue value && value.TryGetValue<int>(out var id) ? id : null;

    private static string ModeOf(TableMetadata metadata) => metadata.Property(Property)?.ToLowerInvariant() ?? None;

    private static SchemaField Place(SchemaField field, bool byId, string path) =>
        field with
        {
            PhysicalName =
                field.Metadata[PhysicalNameKey]?.ToString()
                ?? throw new FormatException($"its columns are mapped, but column '{path}' has no {PhysicalNameKey}"),
            FieldId = byId
                ? IdOf(field) ?? throw new FormatException($"its columns are mapped by id, but column '{path}' has no {IdKey}")
                : null,
        };

    /// <summary>The schema with each field as something makes it, the outer ones first, and its path in files, as far as that is known.</summary>
    private static StructType Each(StructType type, Func<SchemaField, string, SchemaField> change, string parent = "") =>
        new([
            .. type.Fields.Select(field =>
            {
                var path = $"{parent}{field.PhysicalName}";
                return change(field, path) with { Type = Each(field.Type, change, path) };
            }),
        ]);

    private static DeltaType Each(DeltaType type, Func<SchemaField, string, SchemaField> change, string path) =>
        type switch
        {
            StructType composite => Each(composite, change, path + "."),
            ArrayType array => array with { Element = Each(array.Element, change, path + ".element") },
            MapType map => map with { Key = Each(map.Key, change, path + ".key"), Value = Each(map.Value, change, path + ".value") },
            _ => type,
        };
}
