using System.CommandLine;

namespace ServerlessHub.Host.Commands;

/// <summary>Options that several commands share.</summary>
internal static class CommonOptions
{
    /// <summary>The hub root.</summary>
    public static Option<string?> Root { get; } =
        new("--root")
        {
            Description =
                "The hub root: a folder, or an address in Azure storage. Without it: the environment's HUB_ROOT, else the nearest folder upwards that holds config/applications.",
            HelpName = "root",
        };

    /// <summary>Output for programs.</summary>
    public static Option<bool> Json { get; } = new("--json") { Description = "Print JSON, and nothing else, on standard output." };

    /// <summary>A run's parameters.</summary>
    public static Option<string[]> Parameter { get; } =
        new("--parameter", "-p")
        {
            Description = "Sets a parameter of the pipeline, such as runDate=2024-01-31. May be repeated.",
            HelpName = "name=value",
            DefaultValueFactory = _ => [],
        };

    /// <summary>Help.</summary>
    public static Option<bool> Help { get; } = new("--help", "-h", "-?") { Description = "Show this.", Recursive = true };

    /// <summary>The parameters that were typed, by name.</summary>
    /// <exception cref="CommandException">One is not of the form <c>name=value</c>, or comes twice.</exception>
    public static IReadOnlyDictionary<string, string> Parameters(this Invocation invocation)
    {
        var parameters = new Dictionary<string, string>();
        foreach (var text in invocation.Value(Parameter)!)
        {
            var (name, value) = text.Split('=', 2) is [var n, var v] ? (n.Trim(), v) : ("", text);
            if (name.Length == 0)
                throw CommandException.Usage($"'{text}' is not of the form name=value", "for instance: -p runDate=2024-01-31");
            if (!parameters.TryAdd(name, value))
                throw CommandException.Usage($"the parameter '{name}' is given twice");
        }
        return parameters;
    }
}
