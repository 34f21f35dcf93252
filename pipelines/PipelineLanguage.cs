using ServerlessHub.Pipelines.Connectors;
using ServerlessHub.Pipelines.Connectors.Databases;
using ServerlessHub.Pipelines.Definitions;
using ServerlessHub.Pipelines.Steps;

namespace ServerlessHub.Pipelines;

/// <summary>Everything a pipeline document may hold. A new source, step or target is one file and one line here.</summary>
public static class PipelineLanguage
{
    /// <summary>The sources.</summary>
    public static IReadOnlyList<SourceKind> Sources { get; } =
    [new CsvSource(), new JsonSource(), new ParquetSource(), new TableSource(), new DatabaseSource()];

    /// <summary>The transformations.</summary>
    public static IReadOnlyList<StepKind> Steps { get; } =
    [
        new DeduplicateStep(),
        new SortStep(),
        new JoinStep(),
        new LookupStep(),
        new MergeStep(),
        new AggregateStep(),
        new MaskStep(),
        new FilterStep(),
        new SelectStep(),
        new DeriveStep(),
        new FlattenStep(),
        new SqlStep(),
    ];

    /// <summary>The targets.</summary>
    public static IReadOnlyList<TargetKind> Targets { get; } =
    [new HiveTarget(), new CsvTarget(), new JsonTarget(), new ParquetTarget(), new DatabaseTarget()];

    /// <summary>The declaration of the whole document.</summary>
    public static ElementSpec Spec { get; } =
        PipelineSpec.Of(Sources.Select(s => s.Spec), Steps.Select(s => s.Spec), Targets.Select(t => t.Spec));
}
