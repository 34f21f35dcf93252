using System.Text.Json.Nodes;
using ServerlessHub.Engine;
using ServerlessHub.Lake.Log;

namespace ServerlessHub.Lake.Schema;

/// <summary>Which types a column may have changed to, so that data files written before are still read as the type it has now.</summary>
internal static class TypeWidening
{
    private const string Changes = "delta.typeChanges";
    private const string Preview = "typeWidening-preview";
    private const int MaxDigits = 38;
    private static readonly string[] Integers = ["byte", "short", "integer", "long"];

    /// <summary>How many digits hold every value of these; the protocol demands more, earlier writers did not.</summary>
    private static readonly int[] Digits = [3, 5, 10, 19];

    /// <summary>Refuses a schema with a change of which we do not know how files from before it are read.</summary>
    /// <exception cref="FormatException">It has one; the message names the column and the types.</exception>
    public static void Require(DeltaType type)
    {
        switch (type)
        {
            case StructType composite:
                foreach (var field in composite.Fields)
                {
                    Require(field);
                    Require(field.Type);
                }
                break;
            case ArrayType array:
                Require(array.Element);
                break;
            case MapType map:
                Require(map.Key);
                Require(map.Value);
                break;
        }
    }

    /// <summary>Whether every value of one type is read as a value of the other: at least the changes on the protocol's list.</summary>
    public static bool Allows(DeltaType from, DeltaType to) =>
        (from, to) switch
        {
            _ when from == to => true,
            (PrimitiveType { Name: "void" }, _) => true,
            (PrimitiveType { Name: "float" or "byte" or "short" or "integer" }, PrimitiveType { Name: "double" }) => true,
            (PrimitiveType { Name: "date" }, PrimitiveType { Name: "timestamp_ntz" }) => true,
            (PrimitiveType a, PrimitiveType b) => Integers.Contains(a.Name)
                && Array.IndexOf(Integers, a.Name) < Array.IndexOf(Integers, b.Name),
            (DecimalType a, DecimalType b) => b.Scale >= a.Scale && b.Precision - a.Precision >= b.Scale - a.Scale,
            (PrimitiveType a, DecimalType b) => Array.IndexOf(Integers, a.Name) is >= 0 and var index
                && b.Precision - b.Scale >= Digits[index],
            _ => false,
        };

    /// <summary>Whether types of the table's columns may be changed.</summary>
    public static bool IsEnabled(TableProtocol protocol, TableMetadata metadata) =>
        (protocol.Supports("typeWidening") || protocol.Supports(Preview)) && metadata.IsSet("delta.enableTypeWidening");

    /// <summary>The schema whose new changes say at which version they were made, which clients of the feature's preview ask for; otherwise as it is.</summary>
    /// <param name="schema">The schema to be.</param>
    /// <param name="before">The table as it is.</param>
    public static StructType Dated(StructType schema, Snapshot before) =>
        !before.Protocol.Supports(Preview)
            ? schema
            : new([
                .. schema.Fields.Select(field =>
                    before.Schema.Find(field.Name)?.Type == field.Type ? field : Dated(field, before.Version + 1)
                ),
            ]);

    private static SchemaField Dated(SchemaField field, long version)
    {
        var metadata = (JsonObject)field.Metadata.DeepClone();
        if ((metadata[Changes] as JsonArray)?.LastOrDefault() is JsonObject change)
            change["tableVersion"] ??= version;
        return field with { Metadata = metadata };
    }

    /// <summary>The column with a type that holds the incoming values, too, and a note of the change; null if the protocol has no such change.</summary>
    public static SchemaField? Widen(SchemaField field, LogicalType incoming)
    {
        var type = Wider(field.Type, incoming);
        if (type is null || type == field.Type || !Allows(field.Type, type))
            return null;
        var metadata = (JsonObject)field.Metadata.DeepClone();
        var changes = metadata[Changes] as JsonArray ?? [];
        metadata[Changes] ??= changes;
        changes.Add(new JsonObject { ["fromType"] = field.Type.ToString(), ["toType"] = type.ToString() });
        return field with { Type = type, Metadata = metadata };
    }

    /// <summary>The least type for both: of whole numbers, of floating ones, and of decimals.</summary>
    private static DeltaType? Wider(DeltaType type, LogicalType incoming)
    {
        if (incoming.Kind is TypeKind.Decimal && type is DecimalType number)
        {
            var scale = Math.Max(number.Scale, incoming.Scale);
            var precision = scale + Math.Max(number.Precision - number.Scale, incoming.Width - incoming.Scale);
            return precision <= MaxDigits ? new DecimalType(precision, scale) : null;
        }
        return
            incoming.Kind
                is TypeKind.SmallInt
                    or TypeKind.USmallInt
                    or TypeKind.Integer
                    or TypeKind.UInteger
                    or TypeKind.BigInt
                    or TypeKind.Double
            ? TypeMapping.FromEngine(incoming)
            : null;
    }

    private static void Require(SchemaField field)
    {
        foreach (var change in (field.Metadata[Changes] as JsonArray ?? []).OfType<JsonObject>())
        {
            var place = $"column '{field.Name}'";
            var from = SchemaJson.ParseName(change["fromType"]?.ToString() ?? "", place);
            var to = SchemaJson.ParseName(change["toType"]?.ToString() ?? "", place);
            if (!Allows(from, to))
                throw new FormatException($"{place} was changed from {from} to {to}, which is not a change this version knows");
        }
    }
}
