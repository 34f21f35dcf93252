using System.Text.Json.Nodes;

namespace ServerlessHub.Lake.Schema;

/// <summary>Which types a column may have changed to, so that data files written before are still read as the type it has now.</summary>
internal static class TypeWidening
{
    private const string Changes = "delta.typeChanges";
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
