using System.Globalization;
using ServerlessHub.Lake.Reading;
using ServerlessHub.Lake.Schema;

namespace ServerlessHub.Lake.Writing;

/// <summary>Puts the statistics of the files of a write together, column by column.</summary>
internal static class ColumnSummaries
{
    public static IReadOnlyList<ColumnSummary> Of(StructType schema, IReadOnlyList<WrittenFile> files) =>
        [
            .. from file in files
            from column in file.Columns
            where column.Path.Count == 1
            group column by column.Path[0] into columns
            let field = schema.Fields.FirstOrDefault(field => field.PhysicalName == columns.Key)
            where field is { Type: PrimitiveType or DecimalType }
            select Summarize(field, [.. columns]),
        ];

    private static ColumnSummary Summarize(SchemaField field, List<ColumnStatistics> columns)
    {
        var valued = columns.Where(column => column.Nulls < column.Count).ToList();
        return new(
            field.Name,
            Extreme(field.Type, valued.Select(column => column.Min), -1),
            Extreme(field.Type, valued.Select(column => column.Max), 1),
            columns.Sum(column => column.Nulls)
        );
    }

    /// <summary>The least or the greatest; null if it is not known of one of the files.</summary>
    private static string? Extreme(DeltaType type, IEnumerable<string?> texts, int sign)
    {
        string? extreme = null;
        foreach (var text in texts)
        {
            if (text is null || !IsExact(type, text))
                return null;
            if (extreme is null || Compare(type, text, extreme) * sign > 0)
                extreme = text;
        }
        return extreme;
    }

    private static bool IsExact(DeltaType type, string text) =>
        type == DeltaType.Double || type == DeltaType.Float
            ? double.TryParse(text, CultureInfo.InvariantCulture, out _)
            : type != DeltaType.String && OrderedValue.Parse(type, text) is not null;

    private static int Compare(DeltaType type, string left, string right) =>
        OrderedValue.Parse(type, left) is { } value && OrderedValue.Parse(type, right) is { } other
            ? value.CompareTo(other)
            : double.Parse(left, CultureInfo.InvariantCulture).CompareTo(double.Parse(right, CultureInfo.InvariantCulture));
}
