using ServerlessHub.Engine;

namespace ServerlessHub.Pipelines.Planning;

/// <summary>A hidden column that a dataset carries through the SQL because something after it depends on the order of its rows.</summary>
/// <param name="Column">The hidden column's name.</param>
/// <param name="Descending">Whether the order goes down.</param>
/// <param name="NullsFirst">Whether nulls come first.</param>
/// <param name="RowNumbers">Where it alone is a whole number from 0 that no two rows share: what all of them stay below; 0 where it is not.</param>
public sealed record OrderKey(string Column, bool Descending = false, bool NullsFirst = false, long RowNumbers = 0)
{
    /// <summary>What the numbers of rows as the engine counts them stay below.</summary>
    public const long TableRows = 1L << 48;

    /// <summary>What all row numbers stay below, so that one fits beside a number of 65 bits into one of 128.</summary>
    public const long MostRows = 1L << 60;

    private const string Prefix = "__hub_row_";

    /// <summary>Whether it alone is a whole number that no two rows share.</summary>
    public bool IsRowNumber => RowNumbers > 0;

    /// <summary>The name of the nth hidden column of a dataset, from 0.</summary>
    public static string Name(int n) => Prefix + n;

    /// <summary>The key as a term of ORDER BY, on a column of this expression.</summary>
    public static string Term(string expression, bool descending, bool nullsFirst) =>
        $"{expression}{(descending ? " DESC" : "")} NULLS {(nullsFirst ? "FIRST" : "LAST")}";

    /// <summary>The key as a term of ORDER BY.</summary>
    public string Term(string? alias = null) =>
        Term((alias is null ? "" : Sql.Identifier(alias) + ".") + Sql.Identifier(Column), Descending, NullsFirst);
}
