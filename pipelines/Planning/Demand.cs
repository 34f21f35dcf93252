namespace ServerlessHub.Pipelines.Planning;

/// <summary>What the targets need of a dataset: found backwards, from what is written to what is read.</summary>
public sealed class Demand
{
    private readonly HashSet<string> columns = [];

    /// <summary>The columns that something after it reads.</summary>
    public IReadOnlySet<string> Columns => columns;

    /// <summary>Whether something after it depends on the order of its rows.</summary>
    public bool Ordered { get; private set; }

    /// <summary>The datasets and targets that read it.</summary>
    public int Readers { get; private set; }

    /// <summary>
    /// The demand on each dataset that the targets need; the others are missing. A sorted dataset is written in its order, so a target that
    /// writes one depends on it.
    /// </summary>
    public static IReadOnlyDictionary<Dataset, Demand> Of(BoundPipeline pipeline)
    {
        var demands = new Dictionary<Dataset, Demand>();
        foreach (var target in pipeline.Targets)
            On(target.Dataset).Add(target.Dataset.Columns.Select(c => c.Name), target.Dataset.Operator.IsSorted);
        foreach (var dataset in pipeline.Datasets.Reverse())
            if (demands.TryGetValue(dataset, out var demand))
            {
                if (demand.columns.Count == 0 && Cheapest(dataset.Operator) is { } column)
                    demand.columns.Add(column);
                PassOn(dataset.Operator, demand);
            }
        return demands;

        Demand On(Dataset dataset)
        {
            if (!demands.TryGetValue(dataset, out var demand))
                demands[dataset] = demand = new Demand();
            return demand;
        }

        void PassOn(Operator @operator, Demand demand)
        {
            var read = demand.columns.SelectMany(@operator.SourcesOf).Concat(@operator.Uses).ToLookup(c => c.Input, c => c.Column);
            for (var i = 0; i < @operator.Inputs.Count; i++)
                On(@operator.Inputs[i]).Add(read[i], @operator.NeedsOrderOf(i) || (demand.Ordered && @operator.KeepsOrderOf(i)));
        }
    }

    /// <summary>The column that stands for the rows where only their number is needed: one that is read in any case, else the first; null where no column is known.</summary>
    private static string? Cheapest(Operator @operator)
    {
        var used = @operator.Uses.ToHashSet();
        var free = @operator.Columns.Where(c => @operator.SourcesOf(c.Name).All(used.Contains));
        return free.Concat(@operator.Columns).Select(c => c.Name).FirstOrDefault();
    }

    private void Add(IEnumerable<string> wanted, bool ordered)
    {
        columns.UnionWith(wanted);
        Ordered |= ordered;
        Readers++;
    }
}
