using ServerlessHub.Engine;

namespace ServerlessHub.Pipelines.Definitions;

/// <summary>The parameters of a document with their types and, as far as they are known, their values.</summary>
public sealed class ParameterValues
{
    private readonly Dictionary<string, LogicalType> types = [];
    private readonly Dictionary<string, object?> values = [];

    private ParameterValues() { }

    /// <summary>No parameters at all.</summary>
    public static ParameterValues None { get; } = new();

    /// <summary>All parameters with their types, the built-in ones among them.</summary>
    public IReadOnlyDictionary<string, LogicalType> Types => types;

    /// <summary>The time that <c>%Y/%m/%d</c> in a target's path are parts of.</summary>
    public DateTimeOffset RunTime => (DateTimeOffset)values["runTime"]!;

    /// <summary>
    /// A parameter's value: <see cref="string"/>, <see cref="bool"/>, <see cref="int"/>, <see cref="long"/>, <see cref="float"/>, <see cref="double"/>,
    /// <see cref="decimal"/> (or <see cref="System.Data.SqlTypes.SqlDecimal"/> beyond 28 digits), <see cref="DateOnly"/>, <see cref="DateTimeOffset"/>,
    /// <see cref="DateTime"/> for a time without zone, a byte array; null when it has none.
    /// </summary>
    public object? this[string name] => values.GetValueOrDefault(name);

    /// <summary>Whether a value is known, which may be null.</summary>
    public bool IsKnown(string name) => values.ContainsKey(name);

    /// <summary>The text that <c>${name}</c> stands for; null when there is no value.</summary>
    public string? Text(string name) => this[name] is { } value ? ParameterValue.Write(value) : null;

    /// <summary>Reads <c>name=value</c> texts, as a command line has them; reports those that are none, and names that come twice.</summary>
    public static IReadOnlyDictionary<string, string> Assignments(IEnumerable<string> texts, Diagnostics findings)
    {
        var given = new Dictionary<string, string>();
        foreach (var text in texts)
            if (text.IndexOf('=') is var i && i <= 0)
                findings.Add(Rule.BadParameter, Given, $"'{text}' is no parameter", "write name=value");
            else if (!given.TryAdd(text[..i].Trim(), text[(i + 1)..]))
                findings.Add(Rule.BadParameter, Given, $"the parameter '{text[..i].Trim()}' is given twice", "keep one of the two");
        return given;
    }

    /// <summary>Gives a document's parameters their values, and reports unknown ones, wrong ones, and required ones that lack.</summary>
    /// <param name="specs">What the document declares.</param>
    /// <param name="given">Texts by name.</param>
    /// <param name="builtIns">The parameters that are always there.</param>
    /// <param name="isComplete">Whether there is a run, so that what is not given and has no default is null, or wrong if required; else it is not known yet.</param>
    /// <param name="findings">Where findings go.</param>
    public static ParameterValues Of(
        IReadOnlyList<ParameterSpec> specs,
        IReadOnlyDictionary<string, string> given,
        BuiltInParameters builtIns,
        bool isComplete,
        Diagnostics findings
    )
    {
        var result = new ParameterValues();
        result.AddBuiltIns(given, builtIns, findings);
        foreach (var spec in specs)
            result.Add(spec, given, isComplete, findings);
        foreach (var name in given.Keys.Where(n => !result.types.ContainsKey(n)))
            findings.Add(
                Rule.BadParameter,
                Given,
                $"there is no parameter '{name}'",
                NearestName.Hint(name, result.Givable()) ?? Known(result.Givable())
            );
        return result;
    }

    // What is given has no place in a document.
    private static SourceLocation Given => new("parameters", 0, 0);

    private void AddBuiltIns(IReadOnlyDictionary<string, string> given, BuiltInParameters builtIns, Diagnostics findings)
    {
        foreach (var (name, type) in BuiltInParameters.Types)
        {
            types[name] = type;
            if (given.ContainsKey(name) && !BuiltInParameters.MayBeGiven(name))
                findings.Add(Rule.BadParameter, Given, $"the parameter '{name}' cannot be given: the hub sets it");
        }
        foreach (var (name, value) in builtIns.Values.Where(v => v.Value is not null))
            values[name] = value;
        values["runTime"] = Value("runTime", given, Given, findings) ?? builtIns.RunTime;
        values["runDate"] = Value("runDate", given, Given, findings) ?? DateOnly.FromDateTime(RunTime.UtcDateTime);
    }

    private void Add(ParameterSpec spec, IReadOnlyDictionary<string, string> given, bool isComplete, Diagnostics findings)
    {
        types[spec.Name] = spec.Type;
        if (given.ContainsKey(spec.Name))
            values[spec.Name] = Value(spec.Name, given, spec.Location, findings);
        else if (spec.Default is { } text && ParameterValue.Parse(text, spec.Type) is ({ } value, _))
            values[spec.Name] = value;
        else if (isComplete && spec.IsRequired)
            findings.Add(
                Rule.BadParameter,
                spec.Location,
                $"the parameter '{spec.Name}' is required but not given",
                $"give it: {spec.Name}=…"
            );
        else if (isComplete)
            values[spec.Name] = null;
    }

    private object? Value(string name, IReadOnlyDictionary<string, string> given, SourceLocation at, Diagnostics findings)
    {
        if (!given.TryGetValue(name, out var text))
            return null;
        var (value, reason) = ParameterValue.Parse(text, types[name]);
        if (reason is not null)
            findings.Add(Rule.BadParameter, at, $"the parameter '{name}' {reason}");
        return value;
    }

    private IEnumerable<string> Givable() =>
        types.Keys.Where(n => BuiltInParameters.MayBeGiven(n) || !BuiltInParameters.Types.ContainsKey(n));

    private static string Known(IEnumerable<string> names) => "parameters: " + string.Join(", ", names.Order(StringComparer.Ordinal));
}
