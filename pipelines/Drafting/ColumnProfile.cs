using ServerlessHub.Engine;

namespace ServerlessHub.Pipelines.Drafting;

/// <summary>What a sample tells of a column.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">The narrowest type that holds every value of the sample.</param>
/// <param name="Rows">Rows of the sample.</param>
/// <param name="Nulls">Rows in which it has no value.</param>
/// <param name="Distinct">Different values.</param>
public sealed record ColumnProfile(string Name, LogicalType Type, long Rows, long Nulls, long Distinct)
{
    /// <summary>Some different values as text.</summary>
    public IReadOnlyList<string> Values { get; init; } = [];

    /// <summary>The form in which it writes dates where that is not ISO's, as <c>strptime</c> has it; null otherwise.</summary>
    public string? DateFormat { get; init; }

    /// <summary>What whoever completes the draft should know, such as that almost all values are dates; null for nothing.</summary>
    public string? Note { get; init; }

    /// <summary>The share of its values that no other row has, as far as the number of different ones tells.</summary>
    public double UniqueShare => Rows == Nulls ? 0 : (double)Distinct / (Rows - Nulls);
}
