using ServerlessHub.Engine;

namespace ServerlessHub.Pipelines.Planning;

/// <summary>A column of one of an operator's inputs.</summary>
/// <param name="Input">The index into <see cref="Operator.Inputs"/>.</param>
/// <param name="Column">The column's name there.</param>
public readonly record struct InputColumn(int Input, string Column);

/// <summary>
/// A relational operator over datasets. It says what it computes, never how: a dialect writes it. From what it declares here follow column
/// lineage, which columns of a source are read at all, and where the order of rows has to be kept.
/// </summary>
public abstract record Operator
{
    /// <summary>The datasets it reads.</summary>
    public abstract IReadOnlyList<Dataset> Inputs { get; }

    /// <summary>The columns it gives, in order.</summary>
    public abstract IReadOnlyList<Column> Columns { get; }

    /// <summary>The input columns that the values of an output column come from.</summary>
    public abstract IEnumerable<InputColumn> SourcesOf(string column);

    /// <summary>The input columns that decide which rows come out, or in which order, whatever output columns are wanted.</summary>
    public virtual IEnumerable<InputColumn> Uses => [];

    /// <summary>Whether its result depends on the order of the rows of this input (<c>keep="first"</c>, a stable sort).</summary>
    public virtual bool NeedsOrderOf(int input) => false;

    /// <summary>Whether its rows come in the order of this input's rows, so that whoever wants its order wants that one.</summary>
    public virtual bool KeepsOrderOf(int input) => input == 0;

    /// <summary>Whether its rows are in an order that the document asked for (a sort that nothing after it undid).</summary>
    public virtual bool IsSorted => Inputs.Count > 0 && KeepsOrderOf(0) && Inputs[0].Operator.IsSorted;

    /// <summary>Columns no two rows share, if some are known: nulls count as equal. Null when none are known.</summary>
    public virtual IReadOnlyList<string>? UniqueKey => null;
}

/// <summary>Stands where columns cannot be known, so that names can still be checked; it never reaches a run.</summary>
/// <param name="Datasets">The inputs, as far as they are known.</param>
public sealed record UnknownOperator(IReadOnlyList<Dataset> Datasets) : Operator
{
    /// <inheritdoc/>
    public override IReadOnlyList<Dataset> Inputs => Datasets;

    /// <inheritdoc/>
    public override IReadOnlyList<Column> Columns => [];

    /// <inheritdoc/>
    public override IEnumerable<InputColumn> SourcesOf(string column) => [];
}
