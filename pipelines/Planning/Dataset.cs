using ServerlessHub.Engine;
using ServerlessHub.Pipelines.Definitions;

namespace ServerlessHub.Pipelines.Planning;

/// <summary>A node of a pipeline's graph: one binding of a name, and the operator that makes its rows.</summary>
public sealed class Dataset
{
    internal Dataset(string name, int binding, Operator @operator, Element element)
    {
        Name = name;
        Binding = binding;
        Operator = @operator;
        Element = element;
    }

    /// <summary>A record of known columns that an expression may look at under a name, where there is no pipeline that binds it.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="columns">Its columns.</param>
    /// <param name="element">The element of the document that it stands for.</param>
    public static Dataset OfRecord(string name, IReadOnlyList<Column> columns, Element element) =>
        new(name, 1, new Operators.Scan(name, columns), element);

    /// <summary>The same where the columns are not known.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="element">The element of the document that it stands for.</param>
    internal static Dataset Unknown(string name, Element element) => new(name, 1, new UnknownOperator([]), element);

    /// <summary>The name as the document uses it. Several bindings may share it; each stands for a step of its life.</summary>
    public string Name { get; }

    /// <summary>Which binding of the name this is, from 1.</summary>
    public int Binding { get; }

    /// <summary>Unique within the pipeline, and the name of the dataset in the SQL: <c>customer_csv@2</c>.</summary>
    public string Label => $"{Name}@{Binding}";

    /// <summary>What makes its rows.</summary>
    public Operator Operator { get; }

    /// <summary>The element of the document that binds it.</summary>
    public Element Element { get; }

    /// <summary>Its columns in order; empty when they cannot be known (<see cref="IsKnown"/>).</summary>
    public IReadOnlyList<Column> Columns => Operator.Columns;

    /// <summary>Whether its columns are known. They are not where a source could not be looked at.</summary>
    public bool IsKnown => Operator is not UnknownOperator;

    /// <summary>The column of this name: by exact match, else the only one that matches without regard to case; null when there is none.</summary>
    public Column? Find(string column)
    {
        if (Columns.FirstOrDefault(c => c.Name == column) is { } exact)
            return exact;
        var matches = Columns.Where(c => c.Name.Equals(column, StringComparison.OrdinalIgnoreCase)).Take(2).ToArray();
        return matches.Length == 1 ? matches[0] : null;
    }

    /// <summary>Whether any of its rows or values come from a source.</summary>
    public bool Reads(string source) => Operator is Operators.Scan scan ? scan.Source == source : Operator.Inputs.Any(i => i.Reads(source));

    /// <inheritdoc/>
    public override string ToString() => Label;
}
