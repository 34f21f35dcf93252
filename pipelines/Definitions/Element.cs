namespace ServerlessHub.Pipelines.Definitions;

/// <summary>An element of a document after it was checked against its declaration: values by name, each with its place.</summary>
public sealed class Element
{
    private readonly IReadOnlyDictionary<string, SourceText> attributes;
    private readonly SourceText text;

    internal Element(
        ElementSpec spec,
        string name,
        SourceLocation location,
        IReadOnlyDictionary<string, SourceText> attributes,
        IReadOnlyList<Element> children,
        SourceText text,
        bool isSound
    )
    {
        Spec = spec;
        Name = name;
        Location = location;
        this.attributes = attributes;
        Children = children;
        this.text = text;
        IsSound = isSound;
    }

    /// <summary>Its declaration.</summary>
    public ElementSpec Spec { get; }

    /// <summary>Its name as written, which may be an alias of the declaration's.</summary>
    public string Name { get; }

    /// <summary>Where its start tag is.</summary>
    public SourceLocation Location { get; }

    /// <summary>Its child elements, without those that stand for an attribute.</summary>
    public IReadOnlyList<Element> Children { get; }

    /// <summary>The text it holds, without the white space around it; empty when there is none.</summary>
    public string Text => text.Value;

    /// <summary>Where <see cref="Text"/> begins.</summary>
    public SourceLocation TextLocation => text.Location;

    /// <summary><see cref="Text"/> with the places of its characters.</summary>
    public SourceText SourceText => text;

    /// <summary>Whether it or a child holds a <c>${name}</c> whose value is not known yet, so that what it means cannot be checked.</summary>
    public bool IsOpen { get; private init; }

    /// <summary>Whether neither it nor a child had an error. What an unsound element lacks or holds wrongly has been reported.</summary>
    public bool IsSound { get; }

    /// <summary>The attribute's value, its default when it is absent, or null when it has none.</summary>
    /// <exception cref="ArgumentException">The declaration has no attribute of this name.</exception>
    public string? this[string attribute] => attributes.TryGetValue(attribute, out var a) ? a.Value : SpecOf(attribute).Default;

    /// <summary>Whether the attribute is written.</summary>
    public bool Has(string attribute) => attributes.ContainsKey(attribute);

    /// <summary>Where the attribute's value is written, or the element when it is not.</summary>
    public SourceLocation LocationOf(string attribute) => attributes.TryGetValue(attribute, out var a) ? a.Location : Location;

    /// <summary>The attribute's value with the places of its characters, its default at the element's place, or null.</summary>
    public SourceText? Source(string attribute) =>
        attributes.TryGetValue(attribute, out var a) ? a
        : this[attribute] is { } value ? new SourceText(value, Location)
        : null;

    /// <summary>Whether a boolean attribute is true.</summary>
    public bool IsTrue(string attribute) => this[attribute] == "true";

    /// <summary>A numeric attribute's value, or null.</summary>
    public int? Number(string attribute) => this[attribute] is { } v && int.TryParse(v, out var n) ? n : null;

    /// <summary>The names in a comma-separated attribute, trimmed, a quoted one without its quotes; empty when it is absent.</summary>
    public IReadOnlyList<string> Names(string attribute) => this[attribute] is { } v ? NameList.Split(v) : [];

    /// <summary>The first child of this name, or null.</summary>
    public Element? Child(string name) => Children.FirstOrDefault(c => c.Spec.Name == name);

    /// <summary>The same element with other values, as they are once parameters are known.</summary>
    internal Element With(
        IReadOnlyDictionary<string, SourceText> newAttributes,
        IReadOnlyList<Element> newChildren,
        SourceText newText,
        bool isSound,
        bool isOpen
    ) => new(Spec, Name, Location, newAttributes, newChildren, newText, isSound) { IsOpen = isOpen };

    private AttributeSpec SpecOf(string attribute) =>
        Spec.Attributes.FirstOrDefault(a => a.Name == attribute)
        ?? throw new ArgumentException($"<{Spec.Name}> declares no attribute '{attribute}'.", nameof(attribute));
}
