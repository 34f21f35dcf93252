using ServerlessHub.Engine;
using ServerlessHub.Pipelines.Connectors;
using ServerlessHub.Pipelines.Definitions;

namespace ServerlessHub.Pipelines.Planning;

/// <summary>A source of a bound pipeline.</summary>
/// <param name="Name">Its name within the run; a source that a step brings along, such as a lookup's reference, has one of its own.</param>
/// <param name="Kind">What it is.</param>
/// <param name="Element">Its element, or the element of the step that brings it along.</param>
/// <param name="Dataset">The dataset it binds.</param>
/// <param name="IsEager">Whether it is materialised once before anything else reads it.</param>
public sealed record BoundSource(string Name, SourceKind Kind, Element Element, Dataset Dataset, bool IsEager);

/// <summary>A target of a bound pipeline.</summary>
/// <param name="Name">Its name within the run: its <c>id</c>, else the element's name and its place in the list.</param>
/// <param name="Kind">What it is.</param>
/// <param name="Element">Its element.</param>
/// <param name="Dataset">What it writes.</param>
/// <param name="Expressions">The conditions among its attributes, bound over the dataset.</param>
public sealed record BoundTarget(
    string Name,
    TargetKind Kind,
    Element Element,
    Dataset Dataset,
    IReadOnlyDictionary<string, UserExpression> Expressions
);

/// <summary>A pipeline whose names and expressions all mean something: the graph of its datasets, what feeds it and what it feeds.</summary>
/// <param name="Document">The document.</param>
/// <param name="Parameters">The types of its parameters, the built-in ones among them.</param>
/// <param name="Sources">Its sources.</param>
/// <param name="Datasets">Its datasets in an order in which each comes after those it reads.</param>
/// <param name="Targets">Its targets.</param>
public sealed record BoundPipeline(
    PipelineDocument Document,
    IReadOnlyDictionary<string, LogicalType> Parameters,
    IReadOnlyList<BoundSource> Sources,
    IReadOnlyList<Dataset> Datasets,
    IReadOnlyList<BoundTarget> Targets
);
