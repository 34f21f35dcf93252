using System.Text.RegularExpressions;
using ServerlessHub.Engine;

namespace ServerlessHub.Pipelines.Drafting;

/// <summary>Guesses by which columns rows are told apart: by how many values are unique, and by names.</summary>
internal static partial class KeyGuess
{
    // Below this a column named like a key repeats so often that it points at something else.
    private const double LeastUniqueShare = 0.5;
    private const int MostCandidates = 8;

    /// <summary>The key, or null when nothing looks like one.</summary>
    /// <param name="columns">The columns.</param>
    /// <param name="isPersonal">Whether a column holds personal data: it may be unique, but makes a poor key.</param>
    /// <param name="distinct">Counts the different combinations of two columns in the sample.</param>
    public static Guess<IReadOnlyList<string>>? Find(
        IReadOnlyList<ColumnProfile> columns,
        Func<string, bool> isPersonal,
        Func<string, string, long> distinct
    )
    {
        var usable = columns.Where(c => CanBeKey(c.Type) && c.Distinct > 1 && !isPersonal(c.Name)).ToList();
        var single = usable.Select(c => Single(c, columns[0] == c)).OfType<Guess<IReadOnlyList<string>>>().MaxBy(g => g.Confidence);
        return single ?? Pair(usable, distinct);
    }

    /// <summary>The column that tells which of two rows with one key is newer, or null.</summary>
    public static string? Latest(IReadOnlyList<ColumnProfile> columns) =>
        columns.FirstOrDefault(c => IsTime(c.Type) && ChangeName().IsMatch(c.Name))?.Name;

    private static Guess<IReadOnlyList<string>>? Single(ColumnProfile column, bool isFirst)
    {
        var named = KeyName().IsMatch(column.Name);
        var presence = (double)(column.Rows - column.Nulls) / column.Rows;
        if (column is { Distinct: var d, Rows: var r } && d == r)
            return named ? new([column.Name], 0.99, "unique in the sample, and named like a key")
                : isFirst ? new([column.Name], 0.8, "unique in the sample, and the first column")
                : column.Type.Kind is TypeKind.Uuid ? new([column.Name], 0.8, "unique in the sample")
                : null;
        if (!named || column.UniqueShare < LeastUniqueShare)
            return null;
        var missing = column.Nulls == 0 ? "" : $", missing in {1 - presence:P1} of the rows";
        return new(
            [column.Name],
            (0.6 + (0.3 * column.UniqueShare)) * presence,
            $"named like a key; {column.UniqueShare:P1} of its values are different{missing}"
        );
    }

    private static Guess<IReadOnlyList<string>>? Pair(List<ColumnProfile> columns, Func<string, string, long> distinct)
    {
        var parts = columns
            .Where(c => c.Nulls == 0 && (KeyName().IsMatch(c.Name) || PartName().IsMatch(c.Name)))
            .Take(MostCandidates)
            .ToList();
        for (var i = 0; i < parts.Count; i++)
        for (var j = i + 1; j < parts.Count; j++)
            if (distinct(parts[i].Name, parts[j].Name) == parts[i].Rows)
                return new([parts[i].Name, parts[j].Name], 0.8, "together unique in the sample");
        return null;
    }

    private static bool CanBeKey(LogicalType type) =>
        type.Kind
            is TypeKind.TinyInt
                or TypeKind.SmallInt
                or TypeKind.Integer
                or TypeKind.BigInt
                or TypeKind.UTinyInt
                or TypeKind.USmallInt
                or TypeKind.UInteger
                or TypeKind.UBigInt
                or TypeKind.HugeInt
                or TypeKind.Varchar
                or TypeKind.Uuid
                or TypeKind.Date;

    private static bool IsTime(LogicalType type) =>
        type.Kind
            is TypeKind.Date
                or TypeKind.Timestamp
                or TypeKind.TimestampTz
                or TypeKind.TimestampMs
                or TypeKind.TimestampNs
                or TypeKind.TimestampS;

    [GeneratedRegex(
        @"(^|[_ -])(line|position|pos|item|seq|sequence|version|date|day|month|year|row|index)([_ -]?(no|nr|number|id))?$",
        RegexOptions.IgnoreCase
    )]
    private static partial Regex PartName();

    [GeneratedRegex(
        @"(^|[_ -])(id|key|uuid|guid|code|number|no|nr|nummer|num|sku|isin|ean)$|(?-i:[a-z](Id|ID|Key|Code|Number|Nr|No)$)",
        RegexOptions.IgnoreCase
    )]
    private static partial Regex KeyName();

    [GeneratedRegex(
        @"(updat|modif|chang|last.?(seen|edit)|version|valid.?from|loaded|_ts$|timestamp|ge(ä|ae)ndert|mutation)",
        RegexOptions.IgnoreCase
    )]
    private static partial Regex ChangeName();
}
