using System.Text.Json.Nodes;

namespace ServerlessHub.Lake.Schema;

/// <summary>A type as a table's schema spells it.</summary>
internal abstract record DeltaType
{
    public static DeltaType String { get; } = new PrimitiveType("string");
    public static DeltaType Long { get; } = new PrimitiveType("long");
    public static DeltaType Integer { get; } = new PrimitiveType("integer");
    public static DeltaType Short { get; } = new PrimitiveType("short");
    public static DeltaType Byte { get; } = new PrimitiveType("byte");
    public static DeltaType Float { get; } = new PrimitiveType("float");
    public static DeltaType Double { get; } = new PrimitiveType("double");
    public static DeltaType Boolean { get; } = new PrimitiveType("boolean");
    public static DeltaType Binary { get; } = new PrimitiveType("binary");
    public static DeltaType Date { get; } = new PrimitiveType("date");
    public static DeltaType Timestamp { get; } = new PrimitiveType("timestamp");
    public static DeltaType TimestampNtz { get; } = new PrimitiveType("timestamp_ntz");

    /// <summary>Only null, and in no data file.</summary>
    public static DeltaType Void { get; } = new PrimitiveType("void");

    /// <summary>Whether it is a type, or has that somewhere inside.</summary>
    public bool Has(DeltaType type) =>
        this switch
        {
            StructType composite => composite.Fields.Any(field => field.Type.Has(type)),
            ArrayType array => array.Element.Has(type),
            MapType map => map.Key.Has(type) || map.Value.Has(type),
            _ => this == type,
        };
}

/// <summary>A type that is one word.</summary>
internal sealed record PrimitiveType(string Name) : DeltaType
{
    public override string ToString() => Name;
}

/// <summary>A number of a fixed number of digits.</summary>
internal sealed record DecimalType(int Precision, int Scale) : DeltaType
{
    public override string ToString() => $"decimal({Precision},{Scale})";
}

/// <summary>Values of one type in an order.</summary>
internal sealed record ArrayType(DeltaType Element, bool ContainsNull) : DeltaType
{
    public override string ToString() => $"array<{Element}>";
}

/// <summary>Keys, each with a value.</summary>
internal sealed record MapType(DeltaType Key, DeltaType Value, bool ValueContainsNull) : DeltaType
{
    public override string ToString() => $"map<{Key},{Value}>";
}

/// <summary>Named fields; the whole table is one.</summary>
internal sealed record StructType(IReadOnlyList<SchemaField> Fields) : DeltaType
{
    /// <summary>The field of this name, spelt so if there is one, otherwise without regard to case.</summary>
    public SchemaField? Find(string name) =>
        Fields.FirstOrDefault(field => field.Name == name)
        ?? Fields.FirstOrDefault(field => string.Equals(field.Name, name, StringComparison.OrdinalIgnoreCase));

    public override string ToString() => $"struct<{string.Join(",", Fields.Select(field => $"{field.Name}:{field.Type}"))}>";
}

/// <summary>A column of the table, or a field of a struct in it.</summary>
/// <param name="Name">The name.</param>
/// <param name="Type">The type.</param>
/// <param name="Nullable">Whether it may be null.</param>
/// <param name="Metadata">What else is known of it, ours or another client's; carried on as it is.</param>
internal sealed record SchemaField(string Name, DeltaType Type, bool Nullable, JsonObject Metadata)
{
    /// <summary>Its name in data files, partition values and statistics; another one than its name only if columns are mapped.</summary>
    public string PhysicalName
    {
        get => field ?? Name;
        init;
    }

    /// <summary>Its number in data files, if columns are found by that.</summary>
    public int? FieldId { get; init; }

    /// <summary>Whether a data file has it and the table does not any more: it is read to tell whether the struct around it is null.</summary>
    public bool IsDropped { get; init; }
}
