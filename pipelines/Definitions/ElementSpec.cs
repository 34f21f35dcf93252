namespace ServerlessHub.Pipelines.Definitions;

/// <summary>What text an element holds.</summary>
public enum ContentKind
{
    /// <summary>None.</summary>
    None,

    /// <summary>Plain text, without the white space around it.</summary>
    Text,

    /// <summary>An SQL expression.</summary>
    Expression,

    /// <summary>One SQL <c>SELECT</c>.</summary>
    Query,
}

/// <summary>The declaration of one element. The reader's checks, the XSD, the reference page and the command line's help are made from it.</summary>
/// <param name="Name">The element's name.</param>
/// <param name="Summary">What it does, in a sentence or two.</param>
public sealed record ElementSpec(string Name, string Summary)
{
    /// <summary>Other spellings of the same element.</summary>
    public IReadOnlyList<string> Aliases { get; init; } = [];

    /// <summary>Its attributes, in the order in which the reference lists them.</summary>
    public IReadOnlyList<AttributeSpec> Attributes { get; init; } = [];

    /// <summary>Its child elements.</summary>
    public IReadOnlyList<ChildSpec> Children { get; init; } = [];

    /// <summary>What text it holds.</summary>
    public ContentKind Content { get; init; }

    /// <summary>What its text means where <see cref="Content"/> is <see cref="ContentKind.Text"/>.</summary>
    public AttributeKind TextKind { get; init; }

    /// <summary>The least number of child elements, whichever they are.</summary>
    public int LeastChildren { get; init; }

    /// <summary>The greatest number of child elements, whichever they are; null for any number.</summary>
    public int? MostChildren { get; init; }

    /// <summary>Whether its own values are needed before there are parameters, so that none may hold <c>${name}</c>.</summary>
    public bool IsFixed { get; init; }

    /// <summary>Whether its children may come in any order; false where the order says something (sources, then transformations, then targets).</summary>
    public bool AnyOrder { get; init; } = true;

    /// <summary>Whether it may stand within itself.</summary>
    public bool Recursive { get; init; }

    /// <summary>More about it for the reference page, in Markdown; null when the summary says all.</summary>
    public string? Details { get; init; }

    /// <summary>An example for the reference page: this element as it stands in a document.</summary>
    public string? Example { get; init; }

    /// <summary>Its name, then its aliases.</summary>
    public IEnumerable<string> Names => Aliases.Prepend(Name);

    /// <summary>Whether it is spelt so.</summary>
    public bool IsCalled(string name) => Name == name || Aliases.Contains(name);

    /// <summary>What its text is, in words; null when it holds none.</summary>
    internal string? ContentPhrase =>
        Content switch
        {
            ContentKind.None => null,
            ContentKind.Text => ValueForm.Of(TextKind).Phrase,
            ContentKind.Expression => "an SQL expression",
            _ => "one SQL SELECT",
        };

    /// <summary>The name of an element below this one that has a child of the given name, or null.</summary>
    internal string? ParentOf(string child) =>
        Children.Any(c => c.Element.IsCalled(child))
            ? Name
            : Children.Select(c => c.Element.ParentOf(child)).FirstOrDefault(parent => parent is not null);
}

/// <summary>A child element and how often it may come.</summary>
/// <param name="Element">The child's declaration.</param>
/// <param name="Min">The least number, zero where it is optional.</param>
/// <param name="Max">The greatest number; null for any number.</param>
public sealed record ChildSpec(ElementSpec Element, int Min = 0, int? Max = 1);
