using ServerlessHub.Engine;

namespace ServerlessHub.Pipelines.Planning.Operators;

/// <summary>The kinds of join.</summary>
public enum JoinType
{
    /// <summary>Pairs that match.</summary>
    Inner,

    /// <summary>Pairs that match, and the left rows without a match.</summary>
    Left,

    /// <summary>Pairs that match, and the right rows without a match.</summary>
    Right,

    /// <summary>Pairs that match, and the rows of either side without a match.</summary>
    Full,

    /// <summary>Left rows with a match, once each, with the left columns.</summary>
    Semi,

    /// <summary>Left rows without a match, with the left columns.</summary>
    Anti,
}

/// <summary>Two datasets side by side where a condition holds.</summary>
/// <param name="Left">Input 0.</param>
/// <param name="Right">Input 1.</param>
/// <param name="Type">Which rows come out.</param>
/// <param name="Condition">The condition over both.</param>
/// <param name="Items">The columns given: those of the left, then those of the right; a key that both sides share is filled from whichever has it.</param>
public sealed record Join(Dataset Left, Dataset Right, JoinType Type, Expression Condition, IReadOnlyList<ComputedColumn> Items) : Operator
{
    /// <inheritdoc/>
    public override IReadOnlyList<Dataset> Inputs { get; } = [Left, Right];

    /// <inheritdoc/>
    public override IReadOnlyList<Column> Columns { get; } = [.. Items.Select(i => i.Column)];

    /// <inheritdoc/>
    public override IEnumerable<InputColumn> SourcesOf(string column) => Items.First(i => i.Name == column).Value.References;

    /// <inheritdoc/>
    public override IEnumerable<InputColumn> Uses => Condition.References;

    /// <summary>The order of the left rows, and among the matches of one of them the order of the right.</summary>
    public override bool KeepsOrderOf(int input) => input == 0 || Type is not (JoinType.Semi or JoinType.Anti);

    /// <inheritdoc/>
    public override bool IsSorted => Type is not (JoinType.Right or JoinType.Full) && Left.Operator.IsSorted;

    /// <inheritdoc/>
    public override IReadOnlyList<string>? UniqueKey => Type is JoinType.Semi or JoinType.Anti ? Left.Operator.UniqueKey : null;
}
