using ServerlessHub.Pipelines.Planning.Operators;

namespace ServerlessHub.Pipelines.Planning;

/// <summary>A column of a source.</summary>
/// <param name="Source">The source.</param>
/// <param name="Column">The column.</param>
public readonly record struct SourceColumn(string Source, string Column);

/// <summary>Follows columns from where they are written back to where they are read, before anything runs.</summary>
public static class ColumnLineage
{
    /// <summary>The source columns that the values of a dataset's column come from, in the order in which they are found.</summary>
    public static IReadOnlyList<SourceColumn> Of(Dataset dataset, string column)
    {
        var found = new List<SourceColumn>();
        var seen = new HashSet<(Dataset, string)>();
        Follow(dataset, column);
        return found;

        void Follow(Dataset at, string name)
        {
            if (!seen.Add((at, name)))
                return;
            if (at.Operator is Scan scan)
                found.Add(new SourceColumn(scan.Source, name));
            else
                foreach (var source in at.Operator.SourcesOf(name))
                    Follow(at.Operator.Inputs[source.Input], source.Column);
        }
    }
}
