using ServerlessHub.Api.Problems;
using ServerlessHub.Api.Tables;
using ServerlessHub.Host.Output;
using ServerlessHub.Pipelines.Connectors;
using ServerlessHub.Pipelines.Definitions;
using ServerlessHub.Pipelines.Planning;
using ServerlessHub.Pipelines.Running;

namespace ServerlessHub.Host;

/// <summary>Turns a bound pipeline and its statements into what <c>hub plan</c> shows.</summary>
internal static class Plans
{
    // Said by the graph already, or by the element's own place in it.
    private static readonly HashSet<string> Drawn =
    [
        "id",
        "source",
        "sources",
        "left",
        "right",
        "schemaRef",
        "loadPolicy",
        "userSecretRef",
        "secretRef",
    ];

    /// <summary>A plan, and what was found on the way.</summary>
    /// <param name="Output">The plan.</param>
    /// <param name="Findings">Warnings and notes.</param>
    /// <param name="WhyNoSql">Why there are no statements yet: a table that is still to be made; null where there are.</param>
    internal sealed record Planned(PlanOutput Output, Diagnostics Findings, RunException? WhyNoSql);

    /// <summary>Plans a pipeline.</summary>
    /// <param name="root">The hub root.</param>
    /// <param name="document">The document.</param>
    /// <param name="parameters">Parameters by name, in text form.</param>
    /// <exception cref="DocumentRefusedException">The document or a parameter is not valid.</exception>
    public static Planned Of(HubRoot root, HubDocument document, IReadOnlyDictionary<string, string> parameters)
    {
        using var validator = new PipelineValidator(root, TimeProvider.System);
        var findings = new Diagnostics();
        var validation = DocumentFile.Read(root, document, findings) is { } file ? validator.Validate(file, parameters, null) : null;
        findings.AddRange(validation?.Findings ?? []);
        if (findings.HasErrors || validation?.Bound is not { } bound)
            throw new DocumentRefusedException(root, document, findings);
        try
        {
            return new Planned(Describe(document, bound, PipelinePlanner.Plan(validation), findings), findings, null);
        }
        catch (RunException e)
        {
            // The graph is known even where a source is not there yet.
            return new Planned(Describe(document, bound, null, findings), findings, e);
        }
    }

    /// <summary>The plan of a pipeline.</summary>
    /// <param name="document">The document.</param>
    /// <param name="bound">What it means.</param>
    /// <param name="plan">Its statements; null when it could not be planned so far, and the graph is all there is.</param>
    /// <param name="findings">Warnings and notes.</param>
    private static PlanOutput Describe(HubDocument document, BoundPipeline bound, ExecutionPlan? plan, Diagnostics findings)
    {
        var demands = plan?.Demands ?? Demand.Of(bound);
        var tables = (plan?.Statements ?? []).OfType<Materialization>().ToDictionary(m => m.Dataset, m => m.Reason);
        var sources = bound.Sources.Select(s => s.Dataset).ToHashSet();
        return new PlanOutput(
            document.Address.App,
            document.Address.Layer,
            document.Address.Id,
            bound.Document.Version,
            document.File,
            [.. bound.Datasets.Select(d => Describe(d, sources.Contains(d), demands.GetValueOrDefault(d), tables.GetValueOrDefault(d)))],
            [.. bound.Targets.Select(Describe)],
            [.. (plan?.Statements ?? []).Select(Describe)],
            [.. findings.Select(FindingOutput.Of)]
        );
    }

    private static PlanDataset Describe(Dataset dataset, bool isSource, Demand? demand, string? table) =>
        new(
            Label(dataset),
            dataset.Name,
            dataset.Element.Name,
            dataset.Element.Location.Line,
            isSource,
            Detail(dataset.Element),
            [.. dataset.Operator.Inputs.Select(Label)],
            [.. dataset.Columns.Select(c => new PlanColumn(c.Name, TypeText.Full(c.Type)))],
            demand is null ? [] : [.. dataset.Columns.Select(c => c.Name).Where(demand.Columns.Contains)],
            table
        );

    private static PlanTarget Describe(BoundTarget target) =>
        new(
            target.Name,
            target.Element.Name,
            target.Element.Location.Line,
            Detail(target.Element),
            Label(target.Dataset),
            [.. target.Dataset.Columns.Select(c => new LineageColumn(c.Name, TypeText.Full(c.Type), Lineage(target.Dataset, c.Name)))]
        );

    private static PlanStatementOutput Describe(PlanStatement statement) =>
        statement switch
        {
            Materialization m => new("table", Label(m.Dataset), m.Reason, m.Sql),
            TargetQuery t => new("write", t.Target.Name, null, t.Sql),
            _ => throw new ArgumentException($"A {statement.GetType().Name} is no statement known here.", nameof(statement)),
        };

    private static IReadOnlyList<LineageSource> Lineage(Dataset dataset, string column) =>
        [.. ColumnLineage.Of(dataset, column).Select(c => new LineageSource(c.Source, c.Column))];

    // The first binding of a name is what the document calls it.
    private static string Label(Dataset dataset) => dataset.Binding == 1 ? dataset.Name : dataset.Label;

    private static string Detail(Element element)
    {
        var attributes = element
            .Spec.Attributes.Where(a => !Drawn.Contains(a.Name) && element.Has(a.Name))
            .Select(a => $"{a.Name}={OneLine(element[a.Name]!)}");
        var children = element.Children.Select(c =>
            c.Spec.Attributes.FirstOrDefault(a => a.Name is "name" or "table") is { } name && c.Has(name.Name) ? c[name.Name] : c.Name
        );
        return string.Join(' ', attributes.Concat(children.OfType<string>()));
    }

    // A URL may carry a password behind its question mark or before its at sign; what a plan needs is where it leads.
    private static string OneLine(string value)
    {
        var line = string.Join(' ', value.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        if (!line.StartsWith("jdbc:", StringComparison.Ordinal))
            return line;
        line = line.Split('?', ';')[0];
        return line.Contains('@', StringComparison.Ordinal)
            ? $"{line[..(line.IndexOf("//", StringComparison.Ordinal) + 2)]}…{line[line.IndexOf('@')..]}"
            : line;
    }
}
