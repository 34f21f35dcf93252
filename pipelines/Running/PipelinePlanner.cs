using ServerlessHub.Pipelines.Connectors;
using ServerlessHub.Pipelines.Planning;

namespace ServerlessHub.Pipelines.Running;

/// <summary>Plans a pipeline without running it: looks at its sources as a run would, and reads and writes nothing.</summary>
public static class PipelinePlanner
{
    /// <summary>The statements that a run would execute.</summary>
    /// <param name="validation">What came of validating the document; without errors.</param>
    /// <exception cref="RunException">A source cannot be opened as things are, with what to do about it.</exception>
    /// <exception cref="ArgumentException">The document has errors.</exception>
    public static ExecutionPlan Plan(Validation validation)
    {
        if (validation.Findings.HasErrors || validation.Bound is not { } bound || validation.Context is not { } context)
            throw new ArgumentException("A document with errors has no plan.", nameof(validation));
        var workFolder = Directory.CreateTempSubdirectory("hub-plan-");
        var sources = new Dictionary<string, OpenedSource>();
        try
        {
            var run = validation.ForRun("plan", workFolder.FullName, SourceState.Load(context.Root, context.Address));
            var needed = PlanCompiler.NeededSources(bound);
            foreach (var source in bound.Sources.Where(s => needed.Contains(s.Name)))
                sources[source.Name] = source.Kind.Open(source.Element, source.Dataset.Columns, run);
            return PlanCompiler.Compile(bound, sources);
        }
        finally
        {
            foreach (var source in sources.Values)
                source.Dispose();
            workFolder.Delete(recursive: true);
        }
    }
}
