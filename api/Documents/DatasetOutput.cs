using ServerlessHub.Api.Tables;
using ServerlessHub.Pipelines.Planning;

namespace ServerlessHub.Api.Documents;

/// <summary>A dataset of a pipeline's graph.</summary>
/// <param name="Index">Its place in the list, by which others name it: a name may be bound more than once.</param>
/// <param name="Name">Its name in the document.</param>
/// <param name="Step">The element that makes it.</param>
/// <param name="Line">Where that is.</param>
/// <param name="Inputs">The places of the datasets it reads.</param>
/// <param name="Columns">Its columns.</param>
public sealed record DatasetOutput(
    int Index,
    string Name,
    string Step,
    int Line,
    IReadOnlyList<int> Inputs,
    IReadOnlyList<DatasetColumnOutput> Columns
)
{
    internal static IReadOnlyList<DatasetOutput> Of(BoundPipeline pipeline)
    {
        var places = pipeline.Datasets.Select((d, i) => (d, i)).ToDictionary(p => p.d, p => p.i);
        return
        [
            .. pipeline.Datasets.Select(d => new DatasetOutput(
                places[d],
                d.Name,
                d.Element.Name,
                d.Element.Location.Line,
                [.. d.Operator.Inputs.Select(i => places[i])],
                [.. d.Columns.Select(c => new DatasetColumnOutput(c.Name, TypeText.Full(c.Type)))]
            )),
        ];
    }
}

/// <summary>A column of a dataset.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">Its type, as a document writes it.</param>
public sealed record DatasetColumnOutput(string Name, string Type);

/// <summary>A target of a pipeline.</summary>
/// <param name="Name">Its name within a run.</param>
/// <param name="Kind">Its element.</param>
/// <param name="Line">Where that is.</param>
/// <param name="Dataset">The place of the dataset that it writes.</param>
public sealed record TargetOutput(string Name, string Kind, int Line, int Dataset)
{
    internal static IReadOnlyList<TargetOutput> Of(BoundPipeline pipeline)
    {
        var datasets = pipeline.Datasets.ToList();
        return
        [
            .. pipeline.Targets.Select(t => new TargetOutput(t.Name, t.Element.Name, t.Element.Location.Line, datasets.IndexOf(t.Dataset))),
        ];
    }
}
