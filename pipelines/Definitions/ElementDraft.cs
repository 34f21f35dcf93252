using System.Text;

namespace ServerlessHub.Pipelines.Definitions;

/// <summary>An element while it is read: collects its parts and reports those that its declaration does not have, and in the end those that lack.</summary>
internal sealed class ElementDraft(ElementSpec spec, string name, SourceLocation at, SourceDocument document, Diagnostics findings)
{
    private readonly Dictionary<string, SourceText> attributes = [];
    private readonly List<Element> children = [];
    private readonly StringBuilder text = new();
    private readonly List<SourceText.Segment> segments = [];
    private bool sound = true;

    private string Name => name;

    /// <summary>The declaration of a child of this name, or null.</summary>
    public ElementSpec? ChildSpec(string child) =>
        spec.Recursive && spec.IsCalled(child) ? spec : spec.Children.FirstOrDefault(c => c.Element.IsCalled(child))?.Element;

    /// <summary>The declaration of an attribute of this name, or null.</summary>
    public AttributeSpec? AttributeSpec(string attribute) => spec.Attributes.FirstOrDefault(a => a.Name == attribute);

    /// <summary>Adds what an element held that stands for an attribute.</summary>
    public void AddAttribute(SourceLocation nameAt, ElementDraft value)
    {
        AddAttribute(value.Name, nameAt, value.Text());
        sound &= value.sound;
    }

    public void AddAttribute(string attribute, SourceLocation nameAt, SourceText value)
    {
        if (AttributeSpec(attribute) is not { } declared)
            Report(Rule.UnknownAttribute, nameAt, $"<{name}> has no attribute '{attribute}'", UnknownAttributeHint(attribute));
        else if (attributes.TryGetValue(attribute, out var first))
            Report(Rule.RepeatedElement, nameAt, $"{attribute} is given twice; first in line {first.Location.Line}", "keep one of the two");
        else
        {
            value = ValueForm.IsTrimmed(declared.Kind) ? value.Trim() : value;
            attributes[attribute] = value;
            Check(declared.Kind, declared.Choices, attribute, value);
        }
    }

    public void AddChild(Element child)
    {
        children.Add(child);
        sound &= child.IsSound;
    }

    public void AddUnknown(string child, SourceLocation childAt, ElementSpec root)
    {
        var here = spec
            .Children.SelectMany(c => c.Element.Names)
            .Concat(spec.Attributes.Where(a => a.OrChild).Select(a => a.Name))
            .ToArray();
        var hint =
            AttributeSpec(child) is not null ? $"write it as an attribute: {child}=\"…\""
            : NearestName.Hint(child, here) is { } near ? near
            : root.ParentOf(child) is { } parent ? $"it stands in <{parent}>"
            : here.Length > 0 ? "elements here: " + string.Join(", ", here)
            : $"<{name}> holds no elements";
        Report(Rule.UnknownElement, childAt, $"unknown element <{child}> in <{name}>", hint);
    }

    public void AddText(string value, int offset, bool isVerbatim)
    {
        segments.Add(new SourceText.Segment(text.Length, offset, isVerbatim));
        text.Append(value);
    }

    /// <summary>The text so far, trimmed.</summary>
    public SourceText Text() =>
        segments.Count == 0 ? new SourceText("", at) : new SourceText(document, text.ToString(), [.. segments]).Trim();

    public Element Finish()
    {
        var content = Text();
        CheckContent(content);
        foreach (var a in spec.Attributes.Where(a => a.Required && !attributes.ContainsKey(a.Name)))
            Report(Rule.MissingAttribute, at, $"<{name}> lacks {a.Name}", $"{a.Name}: {a.Summary.TrimEnd('.')}");
        CheckCounts();
        if (!spec.AnyOrder)
            CheckOrder();
        return new Element(spec, name, at, attributes, children, content, sound);
    }

    private void CheckContent(SourceText content)
    {
        if (spec.Content == ContentKind.None)
        {
            if (content.Value.Length > 0)
                Report(Rule.UnexpectedText, content.Location, $"<{name}> holds no text", TextHint());
        }
        else if (content.Value.Length == 0)
            Report(Rule.BadValue, at, $"<{name}> is empty", "it holds " + spec.ContentPhrase);
        else if (spec.Content == ContentKind.Text)
            Check(spec.TextKind, [], $"<{name}>", content);
    }

    private void CheckCounts()
    {
        foreach (var child in spec.Children)
        {
            var found = children.Where(c => ReferenceEquals(c.Spec, child.Element)).ToArray();
            if (found.Length < child.Min)
                Report(Rule.MissingElement, at, $"<{name}> lacks <{child.Element.Name}>", child.Element.Summary.TrimEnd('.'));
            foreach (var extra in found.Skip(child.Max ?? int.MaxValue))
                Report(
                    Rule.RepeatedElement,
                    extra.Location,
                    $"<{extra.Name}> may stand in <{name}> only {(child.Max == 1 ? "once" : $"{child.Max} times")}; first in line {found[0].Location.Line}"
                );
        }
        if (children.Count > spec.MostChildren && sound)
            Report(
                Rule.RepeatedElement,
                children[spec.MostChildren.Value].Location,
                $"<{name}> takes {(spec.MostChildren == 1 ? "one element" : $"{spec.MostChildren} elements")}, and has <{children[0].Name}> in line {children[0].Location.Line}",
                $"keep {(spec.MostChildren == 1 ? "one of them" : "as many")}"
            );
        if (children.Count < spec.LeastChildren && sound)
            Report(
                Rule.MissingElement,
                at,
                $"<{name}> is empty",
                "it may hold " + string.Join(", ", spec.Children.SelectMany(c => c.Element.Names))
            );
    }

    private void CheckOrder()
    {
        var order = spec.Children.Select(c => c.Element).ToList();
        Element? last = null;
        foreach (var child in children)
            if (last is not null && order.IndexOf(child.Spec) < order.IndexOf(last.Spec))
                Report(
                    Rule.ElementOrder,
                    child.Location,
                    $"<{child.Name}> must stand before <{last.Name}>",
                    "the order is " + string.Join(", ", order.Select(e => e.Name))
                );
            else
                last = child;
    }

    private void Check(AttributeKind kind, IReadOnlyList<string> choices, string label, SourceText value)
    {
        if (!spec.IsFixed && ValueForm.TakesParameters(kind) && value.Value.Contains("${", StringComparison.Ordinal))
        {
            if (TextTemplate.Parse(value.Value).Error is var (offset, reason))
                Report(Rule.BadValue, value.LocationAt(offset), reason);
        }
        else
            sound &= ValueForm.Check(kind, choices, label, value, findings);
    }

    private string? UnknownAttributeHint(string attribute) =>
        ChildSpec(attribute) is not null
            ? $"write it as an element: <{attribute}>"
            : NearestName.Hint(attribute, spec.Attributes.Select(a => a.Name))
                ?? (spec.Attributes.Count > 0 ? "attributes here: " + string.Join(", ", spec.Attributes.Select(a => a.Name)) : null);

    private string? TextHint() =>
        spec.Children.FirstOrDefault(c => c.Element.Content != ContentKind.None) is { } c ? $"put it in <{c.Element.Name}>" : null;

    private void Report(Rule rule, SourceLocation where, string message, string? hint = null)
    {
        findings.Add(rule, where, message, hint);
        sound = false;
    }
}
