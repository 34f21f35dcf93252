using ServerlessHub.Engine;

namespace ServerlessHub.Pipelines.Definitions.Schemas;

/// <summary>How large a schema may become once its references are followed: a few lines can describe more columns than there is memory for.</summary>
internal static class SchemaSize
{
    /// <summary>The greatest number of columns and fields.</summary>
    public const int MaxTypes = 10_000;

    /// <summary>The deepest nesting.</summary>
    public const int MaxDepth = 64;

    /// <summary>What is said about one that is larger.</summary>
    public static string TooLarge => $"the schema has more than {MaxTypes} columns and fields, or is nested deeper than {MaxDepth} levels";

    /// <summary>Whether a schema is within both.</summary>
    public static bool IsWithin(TableSchema schema)
    {
        var left = MaxTypes;
        return schema.Columns.All(c => Take(c.Type, MaxDepth, ref left));
    }

    private static bool Take(LogicalType type, int depth, ref int left)
    {
        if (left-- == 0 || depth == 0)
            return false;
        foreach (var child in type.Children)
            if (!Take(child.Type, depth - 1, ref left))
                return false;
        return true;
    }
}
