using ServerlessHub.Pipelines.Definitions;

namespace ServerlessHub.Pipelines.Planning;

/// <summary>Where a name is bound first in the document: for whoever uses it above.</summary>
/// <param name="Location">The step that binds it.</param>
/// <param name="Circle">How it needs itself, as <c>a ← b ← a</c>; null where it does not.</param>
internal sealed record LaterBinding(SourceLocation Location, string? Circle)
{
    /// <summary>The names that a document's steps bind.</summary>
    public static IReadOnlyDictionary<string, LaterBinding> Of(IReadOnlyList<Element> steps)
    {
        var first = new Dictionary<string, Element>();
        foreach (var step in steps)
        // A step that reads a name it binds does not bring the name about.
        foreach (var name in PipelineLanguage.Steps.First(s => s.Spec == step.Spec).Binds(step).Except(NamesRead(step)))
            first.TryAdd(name, step);
        return first.ToDictionary(f => f.Key, f => new LaterBinding(f.Value.Location, CircleOf(f.Key, first)));
    }

    /// <summary>The datasets that a step names as its inputs.</summary>
    public static IEnumerable<string> NamesRead(Element element) =>
        element
            .Spec.Attributes.Where(a => a.Kind is AttributeKind.Dataset or AttributeKind.Datasets)
            .SelectMany(a => element.Names(a.Name));

    private static string? CircleOf(string name, Dictionary<string, Element> first)
    {
        var from = new Dictionary<string, string>();
        var open = new Queue<string>([name]);
        while (open.TryDequeue(out var at))
            foreach (var input in NamesRead(first[at]).Where(first.ContainsKey))
            {
                if (input == name)
                    return Path(at, name, from);
                if (from.TryAdd(input, at))
                    open.Enqueue(input);
            }
        return null;
    }

    private static string Path(string last, string name, Dictionary<string, string> from)
    {
        var path = new List<string> { name, last };
        while (path[^1] != name)
            path.Add(from[path[^1]]);
        path.Reverse();
        return string.Join(" ← ", path);
    }
}
