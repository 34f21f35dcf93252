using ServerlessHub.Engine;

namespace ServerlessHub.Pipelines.Connectors;

/// <summary>Which types may become which without being asked: where a value either fits exactly, is only rounded within its declared digits, or fails loudly.</summary>
internal static class TypeFit
{
    /// <summary>Whether values of one type may be written as another.</summary>
    public static bool IsAllowed(LogicalType from, LogicalType to)
    {
        if (from == to || from.Kind == TypeKind.Null)
            return true;
        if (from.IsNumeric && to.IsNumeric)
            return !(IsFractional(from) && !IsFractional(to));
        if (IsTemporal(from) && IsTemporal(to))
            return !(IsTimestamp(from) && to.Kind == TypeKind.Date);
        if (to.Kind == TypeKind.Varchar)
            return from.Kind is TypeKind.Varchar or TypeKind.Enum or TypeKind.Uuid;
        return from.Kind == to.Kind && from.Kind is TypeKind.List or TypeKind.Struct or TypeKind.Map or TypeKind.Array or TypeKind.Enum;
    }

    private static bool IsFractional(LogicalType type) =>
        type.Kind is TypeKind.Double or TypeKind.Float || (type.Kind == TypeKind.Decimal && type.Scale > 0);

    private static bool IsTemporal(LogicalType type) => type.Kind == TypeKind.Date || IsTimestamp(type);

    private static bool IsTimestamp(LogicalType type) =>
        type.Kind is TypeKind.Timestamp or TypeKind.TimestampTz or TypeKind.TimestampMs or TypeKind.TimestampS or TypeKind.TimestampNs;
}
