namespace ServerlessHub.Pipelines.Definitions;

/// <summary>Replaces <c>${name}</c> in an element's values, and the run's time in a target's path; then checks the form of what came out.</summary>
internal sealed class ElementExpansion(ParameterValues parameters, Diagnostics findings)
{
    private bool sound;
    private bool open;

    /// <summary>The element with its values expanded. One that needs a parameter without a value keeps its text and is <see cref="Element.IsOpen"/>.</summary>
    public Element Expand(Element element)
    {
        var children = element.Children.Select(Expand).ToArray();
        sound = element.IsSound;
        open = false;
        var attributes = new Dictionary<string, SourceText>();
        foreach (var spec in element.Spec.Attributes.Where(a => element.Has(a.Name)))
            attributes[spec.Name] = Expand(spec.Kind, spec.Choices, spec.Name, element.Source(spec.Name)!);
        var text = element.SourceText;
        if (element.Spec.Content == ContentKind.Text)
            text = Expand(element.Spec.TextKind, [], $"<{element.Name}>", text);
        return element.With(attributes, children, text, sound && children.All(c => c.IsSound), open || children.Any(c => c.IsOpen));
    }

    private SourceText Expand(AttributeKind kind, IReadOnlyList<string> choices, string label, SourceText value)
    {
        if (!ValueForm.TakesParameters(kind))
            return value;
        var isTemplate = value.Value.Contains("${", StringComparison.Ordinal);
        if (isTemplate)
        {
            var template = TextTemplate.Parse(value.Value);
            if (template.Error is not null || !Check(template, value))
                return value;
            value = new SourceText(template.Expand(parameters.Text), value.Location);
            sound &= ValueForm.Check(kind, choices, label, value, findings);
        }
        return kind == AttributeKind.TargetPath
            ? new SourceText(RunTimeFormat.Expand(value.Value, parameters.RunTime), value.Location)
            : value;
    }

    private bool Check(TextTemplate template, SourceText value)
    {
        var complete = true;
        foreach (var (name, offset) in template.References)
        {
            if (parameters.Text(name) is not null)
                continue;
            complete = false;
            var at = value.LocationAt(offset);
            if (!parameters.Types.ContainsKey(name))
                Report(Rule.UnknownParameter, at, $"unknown parameter '${{{name}}}'", UnknownHint(name));
            else if (parameters.IsKnown(name))
                Report(Rule.BadParameter, at, $"the parameter '{name}' has no value", $"give it: {name}=…, or declare a default");
            else
            {
                open = true;
                findings.Add(
                    Rule.NotChecked,
                    at,
                    $"not checked: the parameter '{name}' has no value yet",
                    $"give it to check this too: {name}=…"
                );
            }
        }
        return complete;
    }

    private string UnknownHint(string name) =>
        NearestName.Hint(name, parameters.Types.Keys)
        ?? (
            name.Contains(':', StringComparison.Ordinal)
                ? "secrets and the environment belong into a connection, resources/<name>.json"
                : "declare it in <parameters>; write $${ for ${ itself"
        );

    private void Report(Rule rule, SourceLocation at, string message, string hint)
    {
        findings.Add(rule, at, message, hint);
        sound = false;
    }
}
