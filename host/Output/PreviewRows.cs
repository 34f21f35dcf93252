using System.Text.Json.Nodes;
using ServerlessHub.Engine;

namespace ServerlessHub.Host.Output;

/// <summary>The first rows of something.</summary>
/// <param name="Columns">Its columns.</param>
/// <param name="Rows">The rows as text.</param>
/// <param name="Json">The rows as JSON objects.</param>
internal sealed record PreviewRows(IReadOnlyList<Column> Columns, IReadOnlyList<IReadOnlyList<string?>> Rows, IReadOnlyList<JsonNode> Json)
{
    /// <summary>The rows below their columns' names and types.</summary>
    public Grid ToGrid() =>
        new(
            [.. Columns.Select(c => new GridColumn(c.Name, IsNumeric(c.Type), TypeText.Short(c.Type)))],
            [.. Rows.Select(r => r.Select(v => v ?? "∅").ToArray())]
        );

    /// <summary>The rows for a program.</summary>
    public RowsOutput ToOutput(string name) =>
        new(name, [.. Columns.Select(c => new ColumnOutput(c.Name, TypeText.Full(c.Type), true, null))], Json);

    private static bool IsNumeric(LogicalType type) =>
        type.Kind
            is TypeKind.TinyInt
                or TypeKind.SmallInt
                or TypeKind.Integer
                or TypeKind.BigInt
                or TypeKind.HugeInt
                or TypeKind.UTinyInt
                or TypeKind.USmallInt
                or TypeKind.UInteger
                or TypeKind.UBigInt
                or TypeKind.Float
                or TypeKind.Double
                or TypeKind.Decimal;
}

/// <summary>What <c>hub tables preview --json</c> prints.</summary>
/// <param name="Name">What the rows are of.</param>
/// <param name="Columns">Its columns, in order.</param>
/// <param name="Rows">The rows, each an object with a property for each column.</param>
internal sealed record RowsOutput(string Name, IReadOnlyList<ColumnOutput> Columns, IReadOnlyList<JsonNode> Rows);
