using ServerlessHub.Pipelines.Definitions;
using ServerlessHub.Pipelines.Planning;

namespace ServerlessHub.Pipelines.Steps;

/// <summary>
/// A kind of transformation. One file holds all there is to it: its declaration, from which the reader's checks, the XSD and the reference page
/// are made, and how its element becomes a relational operator.
/// </summary>
public abstract class StepKind
{
    /// <summary>Its declaration.</summary>
    public abstract ElementSpec Spec { get; }

    /// <summary>Binds an element of this kind: looks its datasets and columns up, reports what is wrong, and defines what it makes.</summary>
    protected internal abstract void Bind(Element step, BindScope scope);

    /// <summary>Whether its result has just the columns of its one input: then they are known even when the element itself cannot be bound.</summary>
    protected internal virtual bool KeepsColumns => false;

    /// <summary>The names that an element of this kind binds, as far as the element alone tells: its <c>id</c>, else the first dataset it names.</summary>
    protected internal virtual IEnumerable<string> Binds(Element step)
    {
        if (Spec.Attributes.Any(a => a.Name == "id") && step["id"] is { } id)
            return [id];
        var first = Spec.Attributes.FirstOrDefault(a => a.Kind is AttributeKind.Dataset or AttributeKind.Datasets);
        return first is null ? [] : step.Names(first.Name).Take(1);
    }
}
