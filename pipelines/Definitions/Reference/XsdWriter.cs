using System.Text;
using System.Xml;

namespace ServerlessHub.Pipelines.Definitions.Reference;

/// <summary>
/// Writes a document's declaration as an XML Schema, with which editors complete and check documents. It accepts every document that the reader
/// accepts; the reader checks more.
/// </summary>
public sealed class XsdWriter
{
    private const string Xs = "http://www.w3.org/2001/XMLSchema";
    private const string Parameterised = "parameterised";
    private const string Nothing = "nothing";

    private readonly XmlWriter xml;
    private readonly HashSet<AttributeKind> kinds = [];
    private readonly List<(string Name, ElementSpec Spec)> types = [];

    private XsdWriter(XmlWriter xml) => this.xml = xml;

    /// <summary>The text of the <c>.xsd</c> file.</summary>
    /// <param name="root">The declaration of the root element.</param>
    public static string Write(ElementSpec root)
    {
        using var stream = new MemoryStream();
        var settings = new XmlWriterSettings
        {
            Indent = true,
            NewLineChars = "\n",
            Encoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false),
        };
        using (var xml = XmlWriter.Create(stream, settings))
            new XsdWriter(xml).WriteSchema(root);
        return Encoding.UTF8.GetString(stream.ToArray()) + "\n";
    }

    private void WriteSchema(ElementSpec root)
    {
        xml.WriteStartElement("xs", "schema", Xs);
        xml.WriteAttributeString("elementFormDefault", "qualified");
        Annotate($"Generated from the declarations of <{root.Name}> and what it holds. Do not edit.");
        Element(root, root.Name, root.Name, 1, 1, isTop: true);
        // Writing one may find others.
        for (var i = 0; i < types.Count; i++)
            ComplexType(types[i].Spec, types[i].Name, types[i].Name);
        SimpleTypes();
        xml.WriteEndElement();
    }

    private void Element(ElementSpec spec, string name, string path, int min, int? max, bool isTop = false)
    {
        Start("element");
        xml.WriteAttributeString("name", name);
        if (!isTop)
            Occurs(min, max);
        // What recurs, or has several names, needs a type that can be referred to.
        var isShared = spec.Recursive || spec.Aliases.Count > 0;
        if (isShared)
            xml.WriteAttributeString("type", path);
        if (isShared && !types.Exists(t => t.Name == path))
            types.Add((path, spec));
        Annotate(spec.Summary);
        if (!isShared)
            ComplexType(spec, path, null);
        xml.WriteEndElement();
    }

    private void ComplexType(ElementSpec spec, string path, string? typeName)
    {
        var children = ChildrenOf(spec);
        Start("complexType");
        if (typeName is not null)
            xml.WriteAttributeString("name", typeName);
        if (children.Count == 0)
        {
            Start("simpleContent");
            Start("extension");
            xml.WriteAttributeString("base", spec.Content == ContentKind.None ? Nothing : TypeName(TextKindOf(spec), spec));
            Attributes(spec);
            xml.WriteEndElement();
            xml.WriteEndElement();
        }
        else
        {
            if (spec.Content != ContentKind.None)
                xml.WriteAttributeString("mixed", "true");
            Particles(spec, children, path);
            Attributes(spec);
        }
        xml.WriteEndElement();
    }

    /// <summary>A child of an element, or an attribute that may be written as one.</summary>
    private sealed record Particle(int Min, int? Max, ElementSpec? Element, AttributeSpec? Attribute);

    private static List<Particle> ChildrenOf(ElementSpec spec)
    {
        var children = spec.Children.Select(c => new Particle(c.Min, c.Max, c.Element, null)).ToList();
        if (spec.Recursive)
            children.Add(new Particle(0, null, spec, null));
        children.AddRange(
            spec.Attributes.Where(a => a.OrChild && !spec.Children.Any(c => c.Element.IsCalled(a.Name)))
                .Select(a => new Particle(0, 1, null, a))
        );
        return children;
    }

    private void Particles(ElementSpec spec, List<Particle> children, string path)
    {
        if (!spec.AnyOrder || children.Count == 1)
        {
            Start("sequence");
            foreach (var child in children)
                WriteOne(spec, child, path);
        }
        else if (children.TrueForAll(c => c.Max == 1 && c.Element?.Aliases.Count is null or 0) && spec.LeastChildren == 0)
        {
            Start("all");
            foreach (var child in children)
                WriteOne(spec, child, path);
        }
        else
        {
            // In any order and any number: which of them may come only once is the reader's to check.
            Start("choice");
            Occurs(spec.LeastChildren > 0 || children.Exists(c => c.Min > 0) ? 1 : 0, spec.MostChildren);
            foreach (var child in children)
            foreach (var name in child.Element?.Names ?? [child.Attribute!.Name])
                Write(spec, child with { Min = 1, Max = 1 }, name, path);
        }
        xml.WriteEndElement();
    }

    private void WriteOne(ElementSpec spec, Particle child, string path)
    {
        if (child.Element is not { Aliases.Count: > 0 } aliased)
        {
            Write(spec, child, child.Element?.Name ?? child.Attribute!.Name, path);
            return;
        }
        Start("choice");
        Occurs(child.Min, child.Max);
        foreach (var name in aliased.Names)
            Write(spec, child with { Min = 1, Max = 1 }, name, path);
        xml.WriteEndElement();
    }

    private void Write(ElementSpec spec, Particle child, string name, string path)
    {
        if (child.Element is { } element)
        {
            Element(element, name, ReferenceEquals(element, spec) ? path : $"{path}.{element.Name}", child.Min, child.Max);
            return;
        }
        Start("element");
        xml.WriteAttributeString("name", name);
        Occurs(child.Min, child.Max);
        Typed(spec, child.Attribute!);
        xml.WriteEndElement();
    }

    private void Attributes(ElementSpec spec)
    {
        foreach (var attribute in spec.Attributes)
        {
            Start("attribute");
            xml.WriteAttributeString("name", attribute.Name);
            if (attribute.Required && !attribute.OrChild)
                xml.WriteAttributeString("use", "required");
            Typed(spec, attribute);
            xml.WriteEndElement();
        }
    }

    private void Typed(ElementSpec spec, AttributeSpec attribute)
    {
        if (attribute.Kind != AttributeKind.Choice)
            xml.WriteAttributeString("type", TypeName(attribute.Kind, spec));
        Annotate(attribute.Summary + (attribute.Default is { } value ? $" Default: {value}" : ""));
        if (attribute.Kind == AttributeKind.Choice)
            Choice(attribute.Choices, TakesParameters(attribute.Kind, spec));
    }

    private void Choice(IReadOnlyList<string> choices, bool takesParameters)
    {
        Start("simpleType");
        if (takesParameters)
        {
            Start("union");
            xml.WriteAttributeString("memberTypes", Parameterised);
            Start("simpleType");
        }
        Restriction("token", choices.Select(c => ("enumeration", c)));
        if (takesParameters)
        {
            xml.WriteEndElement();
            xml.WriteEndElement();
        }
        xml.WriteEndElement();
    }

    private static AttributeKind TextKindOf(ElementSpec spec) =>
        spec.Content == ContentKind.Text ? spec.TextKind : AttributeKind.Expression;

    private string TypeName(AttributeKind kind, ElementSpec spec)
    {
        kinds.Add(kind);
        var form = ValueForm.Of(kind);
        return form.Pattern is null ? "xs:string"
            : TakesParameters(kind, spec) ? form.Name + "-or-parameter"
            : form.Name;
    }

    private static bool TakesParameters(AttributeKind kind, ElementSpec spec) => !spec.IsFixed && ValueForm.TakesParameters(kind);

    private void SimpleTypes()
    {
        SimpleType(Parameterised, "A value with parameters: ${name}.");
        Restriction("string", [("pattern", @"[\s\S]*[$]\{[\s\S]*")]);
        xml.WriteEndElement();
        // An element without any content could not even be closed on the next line.
        SimpleType(Nothing, "No text.");
        Restriction("string", [("pattern", @"\s*")]);
        xml.WriteEndElement();
        foreach (var kind in kinds.Order())
        {
            var form = ValueForm.Of(kind);
            if (form.Pattern is null)
                continue;
            SimpleType(form.Name, $"{char.ToUpperInvariant(form.Phrase[0])}{form.Phrase[1..]}.");
            Restriction(ValueForm.IsTrimmed(kind) && kind != AttributeKind.Expression ? "token" : "string", [("pattern", form.Pattern)]);
            xml.WriteEndElement();
            if (!ValueForm.TakesParameters(kind))
                continue;
            SimpleType(
                form.Name + "-or-parameter",
                $"{char.ToUpperInvariant(form.Phrase[0])}{form.Phrase[1..]}; or a value with parameters: ${{name}}."
            );
            Start("union");
            xml.WriteAttributeString("memberTypes", $"{form.Name} {Parameterised}");
            xml.WriteEndElement();
            xml.WriteEndElement();
        }
    }

    private void SimpleType(string name, string summary)
    {
        Start("simpleType");
        xml.WriteAttributeString("name", name);
        Annotate(summary);
    }

    private void Restriction(string @base, IEnumerable<(string Facet, string Value)> facets)
    {
        Start("restriction");
        xml.WriteAttributeString("base", "xs:" + @base);
        foreach (var (facet, value) in facets)
        {
            Start(facet);
            xml.WriteAttributeString("value", value);
            xml.WriteEndElement();
        }
        xml.WriteEndElement();
    }

    private void Occurs(int min, int? max)
    {
        if (min != 1)
            xml.WriteAttributeString("minOccurs", XmlConvert.ToString(min));
        if (max != 1)
            xml.WriteAttributeString("maxOccurs", max is { } n ? XmlConvert.ToString(n) : "unbounded");
    }

    private void Annotate(string text)
    {
        Start("annotation");
        xml.WriteElementString("documentation", Xs, text.Replace('`', '\''));
        xml.WriteEndElement();
    }

    private void Start(string element) => xml.WriteStartElement("xs", element, Xs);
}
