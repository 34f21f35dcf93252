using ServerlessHub.Engine;

namespace ServerlessHub.Pipelines.Definitions;

/// <summary>A parameter that a document declares.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">Its type.</param>
/// <param name="Default">The text of the value it has when a run gives none; null when there is none.</param>
/// <param name="IsRequired">Whether a run must give it.</param>
/// <param name="Location">Where it is declared.</param>
public sealed record ParameterSpec(string Name, LogicalType Type, string? Default, bool IsRequired, SourceLocation Location)
{
    /// <summary>Reads the children of the element <c>parameters</c> of <see cref="DocumentFrame"/>, and reports what is wrong with them.</summary>
    public static IReadOnlyList<ParameterSpec> ReadAll(IEnumerable<Element> elements, Diagnostics findings)
    {
        var specs = new List<ParameterSpec>();
        foreach (var element in elements)
            if (Read(element, specs, findings) is { } spec)
                specs.Add(spec);
        return specs;
    }

    private static ParameterSpec? Read(Element element, List<ParameterSpec> earlier, Diagnostics findings)
    {
        var at = element.LocationOf("name");
        if (element["name"] is not { Length: > 0 } name)
            return null;
        if (BuiltInParameters.Types.ContainsKey(name))
        {
            findings.Add(
                Rule.DuplicateName,
                at,
                $"the parameter '{name}' is always there",
                "use it without declaring it, or choose another name"
            );
            return null;
        }
        if (earlier.Find(p => p.Name == name) is { } first)
        {
            findings.Add(
                Rule.DuplicateName,
                at,
                $"the parameter '{name}' is already declared in line {first.Location.Line}",
                "choose another name"
            );
            return null;
        }
        var spec = new ParameterSpec(name, TypeOf(element, findings), element["default"], element.IsTrue("required"), element.Location);
        if (spec.Default is { } text && ParameterValue.Parse(text, spec.Type) is (_, { } reason))
            findings.Add(Rule.BadParameter, element.LocationOf("default"), $"the default of the parameter '{name}' {reason}");
        else if (spec.Default is not null && spec.IsRequired)
            findings.Add(
                Rule.ConflictingAttributes,
                element.LocationOf("required"),
                $"the parameter '{name}' is required, so its default is never used",
                "remove required or default"
            );
        return spec;
    }

    // With a type that is wrong it counts as text, so that those who use it are not blamed.
    private static LogicalType TypeOf(Element element, Diagnostics findings)
    {
        if (DataType.Parse(element["type"]!).Type is not { } type)
            return LogicalType.Varchar;
        if (ParameterValue.Takes(type))
            return type;
        findings.Add(
            Rule.BadType,
            element.LocationOf("type"),
            $"a parameter cannot be of the type {element["type"]}",
            "it may be " + ParameterValue.TypeNames
        );
        return LogicalType.Varchar;
    }
}
