using ServerlessHub.Engine;
using ServerlessHub.Pipelines.Connectors;
using ServerlessHub.Pipelines.Definitions;
using ServerlessHub.Pipelines.Planning.Operators;

namespace ServerlessHub.Pipelines.Planning;

/// <summary>Gives every name and expression of a document its meaning, in the order of the document, and reports all that has none.</summary>
public sealed class PipelineBinder
{
    private readonly PipelineDocument document;
    private readonly ConnectorContext context;
    private readonly BindScope scope;
    private readonly List<BoundSource> sources = [];

    private PipelineBinder(PipelineDocument document, ConnectorContext context, ExpressionBinder binder)
    {
        this.document = document;
        this.context = context;
        scope = new BindScope(
            binder,
            context.Values.Types,
            document.Metadata.TimeZone,
            LaterBinding.Of(document.Transformations),
            context.Findings,
            BringAlong,
            Schema
        );
    }

    /// <summary>Binds a document. What is wrong goes to the context's findings; a pipeline with errors among them must not run.</summary>
    public static BoundPipeline Bind(PipelineDocument document, ConnectorContext context, ExpressionBinder binder) =>
        new PipelineBinder(document, context, binder).Bind();

    private BoundPipeline Bind()
    {
        foreach (var element in document.Sources)
            BindSource(element);
        foreach (var element in document.Transformations)
            scope.BindStep(PipelineLanguage.Steps.First(s => s.Spec == element.Spec), element);
        var targets = document.Targets.Select(BindTarget).OfType<BoundTarget>().ToArray();
        CheckCollisions(targets);
        CheckQuarantines(targets);
        var bound = new BoundPipeline(document, context.Values.Types, sources, scope.Datasets, targets);
        if (!context.Findings.HasErrors)
            ReportUnused(bound);
        return bound;
    }

    private void BindSource(Element element)
    {
        var kind = PipelineLanguage.Sources.First(s => s.Spec == element.Spec);
        var name = element["id"] ?? "";
        var columns = element.IsSound ? kind.Describe(element, context) : null;
        var dataset = scope.DefineNew(name, element.LocationOf("id"), ScanOf(name, columns), element);
        if (dataset is not null)
            sources.Add(new BoundSource(name, kind, element, dataset, element["loadPolicy"] == "eager"));
    }

    private static Operator ScanOf(string name, IReadOnlyList<Column>? columns) =>
        columns is null ? new UnknownOperator([]) : new Scan(name, columns);

    /// <summary>A source that a step brings along: a lookup's reference. Two steps that bring the same share it.</summary>
    private Dataset BringAlong(string name, SourceKind kind, Element step)
    {
        // No document can name it: a colon is in no identifier.
        name = "lookup:" + name;
        if (sources.Find(s => s.Name == name) is { } there)
            return there.Dataset;
        var dataset = scope.Bind(name, ScanOf(name, kind.Describe(step, context)), step);
        sources.Add(new BoundSource(name, kind, step, dataset, IsEager: false));
        return dataset;
    }

    private IReadOnlyList<Column>? Schema(Element element) =>
        SchemaFile.Read(element, context) is { } read ? [.. read.Columns.Select(c => c.Column)] : null;

    private BoundTarget? BindTarget(Element element, int index)
    {
        var kind = PipelineLanguage.Targets.First(t => t.Spec == element.Spec);
        var dataset = element.Has("source") ? scope.Dataset(element, "source") : scope.Last;
        if (dataset is null)
            return null;
        var expressions = new Dictionary<string, UserExpression>();
        foreach (var attribute in element.Spec.Attributes.Where(a => a.Kind == AttributeKind.Expression && element.Has(a.Name)))
            if (scope.Condition(element.Source(attribute.Name)!, dataset) is { } condition)
                expressions[attribute.Name] = condition;
        if (dataset.IsKnown && element.IsSound)
            kind.Check(element, dataset, context);
        return new BoundTarget(element["id"] ?? $"{element.Name}{index + 1}", kind, element, dataset, expressions);
    }

    private void CheckCollisions(IReadOnlyList<BoundTarget> targets)
    {
        foreach (var same in targets.GroupBy(t => t.Name).Where(g => g.Count() > 1))
            context.Findings.Add(
                Rule.DuplicateName,
                same.Last().Element.LocationOf("id"),
                $"target '{same.Key}' is already there in line {same.First().Element.Location.Line}",
                "give one of them another id"
            );
        foreach (var same in targets.Where(t => t.Element.IsSound).GroupBy(t => t.Kind.Place(t.Element, context)).Where(g => g.Count() > 1))
            if (same.Any(t => t.Element["mode"] is "overwrite" or "truncateInsert"))
                context.Findings.Add(
                    Rule.TargetsCollide,
                    same.Last().Element.Location,
                    $"{same.Key} is already written by the target in line {same.First().Element.Location.Line}",
                    "two targets may write one place only if both append"
                );
    }

    /// <summary>Bad rows that are to be kept need a table to be kept beside.</summary>
    private void CheckQuarantines(IReadOnlyList<BoundTarget> targets)
    {
        foreach (
            var source in sources.Where(s =>
                s.Element.Spec.Attributes.Any(a => a.Name == "onBadRow") && s.Element["onBadRow"] == "quarantine"
            )
        )
            if (!targets.Any(t => t.Kind.KeepsRejects(t.Element) && t.Dataset.Reads(source.Name)))
                context.Findings.Add(
                    Rule.ConflictingAttributes,
                    source.Element.LocationOf("onBadRow"),
                    $"bad rows of '{source.Name}' are to be kept beside the first table it feeds, but it feeds none",
                    "write it to a <hive> target too, or set onBadRow to skip or fail"
                );
    }

    private void ReportUnused(BoundPipeline bound)
    {
        var needed = Demand.Of(bound);
        foreach (var source in sources.Where(s => !needed.ContainsKey(s.Dataset)))
            context.Findings.Add(
                Rule.UnusedSource,
                source.Element.Location,
                $"no target needs the source '{source.Name}', so it is never read"
            );
    }
}
