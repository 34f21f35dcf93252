using ServerlessHub.Engine;

namespace ServerlessHub.Lake.Schema;

/// <summary>Whether every value of an incoming type can be kept in a column's type as the same value.</summary>
internal static class TypeFit
{
    public static bool Fits(LogicalType incoming, DeltaType column) =>
        (incoming.Kind, column) switch
        {
            (TypeKind.Null, _) => true,
            (TypeKind.List or TypeKind.Array, ArrayType array) => Fits(incoming.Element, array.Element),
            (TypeKind.Map, MapType map) => Fits(incoming.Children[0].Type, map.Key) && Fits(incoming.Children[1].Type, map.Value),
            (TypeKind.Struct, StructType composite) => incoming.Children.All(child =>
                composite.Find(child.Name) is { } field && Fits(child.Type, field.Type)
            ),
            (TypeKind.Decimal, DecimalType number) => number.Scale >= incoming.Scale
                && number.Precision - number.Scale >= incoming.Width - incoming.Scale,
            (_, DecimalType number) => Digits(incoming.Kind) is { } digits && number.Precision - number.Scale >= digits,
            (_, PrimitiveType primitive) => FitsPrimitive(incoming.Kind, primitive.Name),
            _ => false,
        };

    private static bool FitsPrimitive(TypeKind incoming, string column) =>
        column switch
        {
            "string" => incoming is TypeKind.Varchar or TypeKind.Uuid or TypeKind.Enum,
            "boolean" => incoming is TypeKind.Boolean,
            "binary" => incoming is TypeKind.Blob,
            "date" => incoming is TypeKind.Date,
            "timestamp" or "timestamp_ntz" => incoming
                is TypeKind.Timestamp
                    or TypeKind.TimestampS
                    or TypeKind.TimestampMs
                    or TypeKind.TimestampTz
                    or TypeKind.Date,
            "byte" => incoming is TypeKind.TinyInt,
            "short" => incoming is TypeKind.TinyInt or TypeKind.UTinyInt or TypeKind.SmallInt,
            "integer" => incoming is TypeKind.TinyInt or TypeKind.UTinyInt or TypeKind.SmallInt or TypeKind.USmallInt or TypeKind.Integer,
            "long" => incoming
                is TypeKind.TinyInt
                    or TypeKind.UTinyInt
                    or TypeKind.SmallInt
                    or TypeKind.USmallInt
                    or TypeKind.Integer
                    or TypeKind.UInteger
                    or TypeKind.BigInt,
            "float" => incoming is TypeKind.Float or TypeKind.TinyInt or TypeKind.UTinyInt or TypeKind.SmallInt or TypeKind.USmallInt,
            "double" => incoming
                is TypeKind.Float
                    or TypeKind.Double
                    or TypeKind.TinyInt
                    or TypeKind.UTinyInt
                    or TypeKind.SmallInt
                    or TypeKind.USmallInt
                    or TypeKind.Integer
                    or TypeKind.UInteger,
            _ => false,
        };

    /// <summary>The most digits a whole number of the type has; null for what is no whole number.</summary>
    private static int? Digits(TypeKind kind) =>
        kind switch
        {
            TypeKind.TinyInt or TypeKind.UTinyInt => 3,
            TypeKind.SmallInt or TypeKind.USmallInt => 5,
            TypeKind.Integer or TypeKind.UInteger => 10,
            TypeKind.BigInt => 19,
            TypeKind.UBigInt => 20,
            // One digit more than any column has; a value that large fails when it is converted, and is never cut.
            TypeKind.HugeInt or TypeKind.UHugeInt => 38,
            _ => null,
        };
}
