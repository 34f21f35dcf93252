using ServerlessHub.Api.Tables;
using ServerlessHub.Engine;
using ServerlessHub.Host.Commands;

namespace ServerlessHub.Host.Output;

/// <summary>How rows are shown.</summary>
internal static class TableRowsText
{
    /// <summary>The rows below their columns' names and types.</summary>
    public static Grid ToGrid(this TableRows rows) =>
        new(
            [.. rows.Columns.Select(c => new GridColumn(c.Name, IsNumeric(c.Type), TypeText.Short(c.Type)))],
            [.. rows.Text.Select(r => r.Select(v => v ?? "∅").ToArray())]
        );

    /// <summary>Shows them to whoever asked, a person or a program.</summary>
    /// <param name="rows">The rows.</param>
    /// <param name="invocation">The command that was asked.</param>
    /// <param name="name">What the rows are of.</param>
    public static void Write(this TableRows rows, Invocation invocation, string name)
    {
        if (invocation.Json)
            invocation.Terminal.WriteJson(rows.ToOutput(name), OutputJson.Default.RowsOutput);
        else
            invocation.Terminal.Write(rows.ToGrid());
    }

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
