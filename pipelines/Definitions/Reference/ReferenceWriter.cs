using System.Text;

namespace ServerlessHub.Pipelines.Definitions.Reference;

/// <summary>Writes the reference pages, in Markdown, from the declarations.</summary>
public sealed class ReferenceWriter
{
    private readonly StringBuilder page = new();
    private readonly HashSet<AttributeKind> kinds = [];

    private ReferenceWriter() { }

    /// <summary>The page of a document: each element with its attributes, what it holds, and an example.</summary>
    /// <param name="name">What the document, and its XML Schema, is called, such as <c>pipeline</c>.</param>
    /// <param name="root">The declaration of the root element.</param>
    public static string Document(string name, ElementSpec root)
    {
        var writer = new ReferenceWriter();
        writer.Line($"# The document `<{root.Name}>`");
        writer.Line("<!-- Generated from the declarations. Do not edit. -->");
        writer.Line(
            $"An editor completes and checks a document with [{name}.xsd]({name}.xsd): "
                + $"`<{root.Name} xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xsi:noNamespaceSchemaLocation=\"…/{name}.xsd\" …>`. "
                + "What `hub validate` finds beyond that stands in [rules](rules.md)"
                + (TakesSchemas(root) ? "; what a `schemaRef` names, in [schemas](schemas.md)." : ".")
        );
        writer.Body(root);
        writer.Contents(root);
        foreach (var child in root.Children)
            writer.Element(child.Element, child.Element.Name, 2);
        writer.Values();
        return writer.page.ToString().TrimEnd() + "\n";
    }

    /// <summary>The page of all rules.</summary>
    public static string Rules()
    {
        var writer = new ReferenceWriter();
        writer.Line("# Rules");
        writer.Line("<!-- Generated from the list of rules. Do not edit. -->");
        writer.Line("What can be found about a document. An error keeps it from running; a warning and a note do not.");
        foreach (var group in Rule.All.GroupBy(r => r.Id[3]))
        {
            writer.Line("## " + GroupTitle(group.Key));
            writer.Table(
                ["rule", "severity", "meaning"],
                group.Select(r => new[] { r.Id, r.Severity.ToString().ToLowerInvariant(), r.Title })
            );
        }
        return writer.page.ToString().TrimEnd() + "\n";
    }

    private static bool TakesSchemas(ElementSpec spec) =>
        spec.Attributes.Any(a => a.Kind == AttributeKind.Schema) || spec.Children.Any(c => TakesSchemas(c.Element));

    private static string GroupTitle(char group) =>
        group switch
        {
            '1' => "Form: what can be seen without knowing what a name means",
            '2' => "Names: what a name refers to",
            '3' => "Types and expressions",
            '4' => "Places: files, tables, connections, secrets",
            '5' => "Meaning: each part is right, the whole is not",
            _ => throw new InvalidOperationException($"The rules HUB{group}xxx have no title."),
        };

    private void Contents(ElementSpec root)
    {
        foreach (var section in root.Children.Select(c => c.Element))
        {
            var inner = section.Children.Select(c => $"[{c.Element.Name}](#{section.Name}--{c.Element.Name.ToLowerInvariant()})");
            page.Append($"* [{section.Name}](#{section.Name})")
                .Append(section.Children.Count > 0 ? ": " : "")
                .AppendJoin(" · ", inner)
                .Append('\n');
        }
        page.Append("* [values](#values)\n\n");
    }

    private void Element(ElementSpec spec, string path, int level)
    {
        Line($"{new string('#', Math.Min(level, 6))} {path}");
        Body(spec);
        foreach (var child in spec.Children)
            Element(child.Element, $"{path} / {child.Element.Name}", level + 1);
    }

    private void Body(ElementSpec spec)
    {
        Line(spec.Summary + (spec.Aliases.Count > 0 ? $" Also spelt {string.Join(", ", spec.Aliases.Select(a => $"`<{a}>`"))}." : ""));
        if (spec.Content != ContentKind.None)
            Line($"Holds {spec.ContentPhrase}.");
        if (spec.Details is not null)
            Line(spec.Details.Trim());
        if (spec.Attributes.Count > 0)
            Table(["attribute", "value", "default", "meaning"], spec.Attributes.Select(Row));
        if (spec.Children.Count > 0 || spec.Recursive)
            Line(Holds(spec));
        if (spec.Example is not null)
            Line($"```xml\n{spec.Example.Trim()}\n```");
    }

    private string[] Row(AttributeSpec attribute) =>
        [
            $"`{attribute.Name}`",
            Value(attribute),
            attribute.Required ? "**required**"
            : attribute.Default is { } value ? $"`{Cell(value)}`"
            : "",
            Cell(attribute.Summary) + (attribute.OrChild ? $" Also as an element: `<{attribute.Name}>`." : ""),
        ];

    private string Value(AttributeSpec attribute)
    {
        if (attribute.Kind == AttributeKind.Choice)
            return string.Join(" \\| ", attribute.Choices.Select(c => $"`{c}`"));
        if (attribute.Kind == AttributeKind.Boolean)
            return "`true` \\| `false`";
        kinds.Add(attribute.Kind);
        return ValueForm.Of(attribute.Kind).Name;
    }

    private void Values()
    {
        Line("## Values");
        Line("White space around a value means nothing, except in a text and a character. Where it says so, `${name}` takes a parameter.");
        Table(
            ["value", "is", "`${name}`"],
            kinds
                .Order()
                .Select(k => (Form: ValueForm.Of(k), TakesParameters: ValueForm.TakesParameters(k)))
                .Select(k => new[] { k.Form.Name, Cell(k.Form.Phrase), k.TakesParameters ? "yes" : "no" })
        );
    }

    private static string Holds(ElementSpec spec)
    {
        var isAny = spec.Children.All(c => c is { Min: 0, Max: null });
        var parts = spec.Children.Select(c => $"`<{c.Element.Name}>`{(isAny ? "" : Count(c))}");
        if (spec.Recursive)
            parts = parts.Append($"`<{spec.Name}>` again");
        var how =
            spec.LeastChildren > 0 ? " one or more of"
            : isAny ? " any number of"
            : spec.AnyOrder ? ""
            : ", in this order";
        return $"Holds{how}: {string.Join(", ", parts)}.";
    }

    private static string Count(ChildSpec child) =>
        (child.Min, child.Max) switch
        {
            (0, 1) => "",
            (1, 1) => " (required)",
            (0, null) => " (any number)",
            (_, null) => $" ({child.Min} or more)",
            _ => $" ({child.Min} to {child.Max})",
        };

    private void Table(string[] head, IEnumerable<string[]> rows)
    {
        Row(head);
        Row([.. head.Select(_ => "---")]);
        foreach (var row in rows)
            Row(row);
        page.Append('\n');

        void Row(string[] cells) => page.Append("| ").AppendJoin(" | ", cells).Append(" |\n");
    }

    private static string Cell(string text) => text.Replace("|", "\\|", StringComparison.Ordinal);

    private void Line(string text) => page.Append(text).Append("\n\n");
}
