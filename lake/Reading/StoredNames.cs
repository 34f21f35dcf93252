using System.Text.Json.Nodes;
using ServerlessHub.Engine;
using ServerlessHub.Lake.Log;
using ServerlessHub.Lake.Schema;

namespace ServerlessHub.Lake.Reading;

/// <summary>
/// Under which names data files have the fields of a table that maps its columns, as each file's own schema says. The engine knows numbers of columns
/// only and finds fields inside of columns by name; and it does not read a struct of which it knows no field, which a file has if all of them were dropped.
/// </summary>
internal sealed class StoredNames
{
    private readonly StructType _schema;
    private readonly bool _byNumber;
    private readonly Dictionary<string, StructType> _bySchemaOfFile = [];
    private readonly Dictionary<string, StructType> _byAddress = [];

    private StoredNames(StructType schema) => (_schema, _byNumber) = (schema, schema.Fields.Any(field => field.FieldId is not null));

    /// <summary>Whether the engine alone may not find what is in the files.</summary>
    /// <param name="schema">The table's schema, with each field's place in the files.</param>
    /// <param name="metadata">Its metadata.</param>
    /// <param name="byName">Whether a column is read beside those of the table that has no number, so that the engine finds them all by name.</param>
    public static bool AreNeeded(StructType schema, TableMetadata metadata, bool byName) =>
        schema.Fields.Any(field => field.FieldId is not null)
            ? byName || schema.Fields.Any(field => HasFields(field.Type))
            : schema.Fields.Any(field => HasFields(field.Type)) && ColumnMapping.MayHaveDropped(schema, metadata);

    /// <summary>Reads the schemas of data files.</summary>
    /// <param name="connection">Reads them.</param>
    /// <param name="schema">The table's schema, with each field's place in the files.</param>
    /// <param name="addresses">Where the files are.</param>
    /// <exception cref="FormatException">Numbers decide, and a file has none; the message names it.</exception>
    /// <exception cref="EngineException">A file cannot be read.</exception>
    public static StoredNames Read(Connection connection, StructType schema, IReadOnlyList<string> addresses)
    {
        var names = new StoredNames(schema);
        if (addresses.Count == 0)
            return names;
        using var result = connection.Query(
            $$"""
            SELECT file_name, CAST(to_json(list(
                {name: name, children: coalesce(num_children, 0), id: field_id, repeated: repetition_type = 'REPEATED'} ORDER BY column_id
            )) AS VARCHAR)
            FROM parquet_schema([{{string.Join(
                ", ",
                addresses.Select(address => Sql.Literal(ExactPath.Pattern(address)))
            )}}]) GROUP BY file_name
            """
        );
        foreach (var row in result.Rows())
            names.Add((string)row[0]!, (string)row[1]!);
        return names;
    }

    /// <summary>The table's schema with the names that one of the files has; a name that it does not have is of a field that it does not have.</summary>
    public StructType Of(string address) => _byAddress[address];

    private void Add(string address, string schemaOfFile)
    {
        if (!_bySchemaOfFile.TryGetValue(schemaOfFile, out var named))
        {
            var root = StoredField.Parse(schemaOfFile);
            if (_byNumber && !root.HasIds)
                throw new FormatException(
                    $"its columns are found by number ({ColumnMapping.Property} = id), but data file '{Path.GetFileName(address)}' gives its columns no numbers, so they cannot be told apart; write it anew"
                );
            _bySchemaOfFile.Add(schemaOfFile, named = Name(_schema, root));
        }
        _byAddress.Add(address, named);
    }

    private StructType Name(StructType type, StoredField stored)
    {
        var taken = stored.Children.Select(child => child.Name).ToHashSet(StringComparer.OrdinalIgnoreCase);
        var fields = type
            .Fields.Select(field => (Field: field, Stored: stored.Children.FirstOrDefault(child => IsSame(field, child))))
            .ToList();
        var named = fields.Select(found =>
            found.Field with
            {
                PhysicalName = found.Stored?.Name ?? Unused(found.Field.PhysicalName, taken),
                FieldId = null,
                Type = found.Stored is null ? found.Field.Type : Name(found.Field.Type, found.Stored),
            }
        );
        return new([.. named, .. fields.Exists(found => found.Stored is not null) ? [] : stored.Children.Take(1).Select(Dropped)]);
    }

    private bool IsSame(SchemaField field, StoredField stored) =>
        _byNumber ? stored.Id == field.FieldId : string.Equals(stored.Name, field.PhysicalName, StringComparison.OrdinalIgnoreCase);

    private static SchemaField Dropped(StoredField stored) => new(stored.Name, DeltaType.String, Nullable: true, []) { IsDropped = true };

    private DeltaType Name(DeltaType type, StoredField stored) =>
        (type, stored.Children) switch
        {
            (StructType composite, _) => Name(composite, stored),
            (ArrayType array, [{ IsRepeated: true } repeated]) => array with { Element = Name(array.Element, repeated.Element) },
            (MapType map, [{ IsRepeated: true, Children: [var key, var value] }]) => map with
            {
                Key = Name(map.Key, key),
                Value = Name(map.Value, value),
            },
            _ => type,
        };

    private static string Unused(string name, HashSet<string> taken)
    {
        while (!taken.Add(name))
            name += "_";
        return name;
    }

    private static bool HasFields(DeltaType type) =>
        type switch
        {
            StructType => true,
            ArrayType array => HasFields(array.Element),
            MapType map => HasFields(map.Key) || HasFields(map.Value),
            _ => false,
        };

    /// <summary>A field as a data file's own schema has it.</summary>
    private sealed record StoredField(string Name, int? Id, bool IsRepeated, IReadOnlyList<StoredField> Children)
    {
        public bool HasIds => Id is not null || Children.Any(child => child.HasIds);

        /// <summary>What a repeated field of a list repeats: its only child, or itself in the ways that lists were written before there was a standard.</summary>
        public StoredField Element =>
            Children is [var only] && Name != "array" && !Name.EndsWith("_tuple", StringComparison.Ordinal) ? only : this;

        public static StoredField Parse(string schema)
        {
            var nodes = JsonNode.Parse(schema)!.AsArray();
            var next = 0;
            return Take();

            StoredField Take()
            {
                var node = nodes[next++]!;
                List<StoredField> children = [];
                for (var left = (int)node["children"]!; left > 0; left--)
                    children.Add(Take());
                return new((string)node["name"]!, (int?)node["id"], (bool?)node["repeated"] ?? false, children);
            }
        }
    }
}
