using System.Reflection;
using System.Text;
using System.Text.Json.Nodes;
using System.Xml.Linq;
using ServerlessHub.Api.Problems;
using ServerlessHub.Host.Commands;
using ServerlessHub.Host.Output;
using ServerlessHub.Pipelines.Definitions;

namespace ServerlessHub.Host.Tests.Reference;

/// <summary>Writes <c>docs/cli.md</c> from what the commands say of themselves, and from what is said of the records that <c>--json</c> prints.</summary>
internal sealed class CommandReference
{
    private readonly Dictionary<string, XElement> documentation = new[]
    {
        "hub",
        "ServerlessHub.Api",
        "ServerlessHub.Orchestrations",
        "ServerlessHub.Pipelines",
        "ServerlessHub.Streams",
    }
        .SelectMany(name => XDocument.Load(Path.Combine(AppContext.BaseDirectory, name + ".xml")).Descendants("member"))
        // Generated code is in every assembly under the same name.
        .DistinctBy(member => member.Attribute("name")!.Value)
        .ToDictionary(member => member.Attribute("name")!.Value);

    private readonly StringBuilder text = new();
    private readonly List<Type> records = [];

    /// <summary>The page.</summary>
    public static string Write() => new CommandReference().Page();

    private string Page()
    {
        text.Append("# The command line\n\n<!-- Generated from the commands. Do not edit. -->\n\n");
        var root = new RootHubCommand();
        Command(root);
        text.Append("## What `--json` prints\n\nNames are in camel case, nulls are left out, times are ISO 8601 in UTC.\n");
        for (var i = 0; i < records.Count; i++)
            Record(records[i]);
        return text.ToString();
    }

    private void Command(HubCommand command)
    {
        text.Append($"## {CommandHelp.Path(command)}\n\n```text\n{CommandHelp.Text(command)}```\n\n");
        if (command.JsonOutput is { } output)
            text.Append($"`--json` prints {Link(output)}{Of("job", command.JobJsonOutput)}{Of("stream", command.StreamJsonOutput)}.\n\n");
        Note(command.JsonOutput);
        Note(command.JobJsonOutput);
        Note(command.StreamJsonOutput);
        foreach (var child in command.Subcommands.Cast<HubCommand>())
            Command(child);
    }

    private static string Of(string kind, Type? record) => record is null ? "" : $", of a {kind} {Link(record)}";

    private static string Link(Type record) => $"[{record.Name}](#{record.Name.ToLowerInvariant()})";

    private void Record(Type type)
    {
        var summary = Sentence(documentation[$"T:{type.FullName}"].Element("summary")!);
        text.Append($"\n### {type.Name}\n\n{summary}\n\n| field | type | meaning |\n| --- | --- | --- |\n");
        foreach (var property in type.GetProperties(BindingFlags.Instance | BindingFlags.Public).Where(IsWritten))
            text.Append($"| `{CamelCase(property.Name)}` | {TypeName(property.PropertyType)} | {Meaning(type, property)} |\n");
    }

    private static bool IsWritten(PropertyInfo property) =>
        property.GetCustomAttribute<System.Text.Json.Serialization.JsonIgnoreAttribute>() is null;

    private string Meaning(Type type, PropertyInfo property)
    {
        var element = documentation.TryGetValue($"P:{type.FullName}.{property.Name}", out var member)
            ? member.Element("summary")
            : documentation[$"T:{type.FullName}"].Elements("param").FirstOrDefault(p => p.Attribute("name")!.Value == property.Name);
        Assert.True(element is not null, $"{type.Name}.{property.Name} is not explained");
        var meaning = Sentence(element);
        return property.PropertyType.IsEnum
            ? $"{meaning} {string.Join(", ", Enum.GetNames(property.PropertyType).Select(n => $"`{CamelCase(n)}`"))}."
            : meaning;
    }

    private string TypeName(Type type)
    {
        // A run's record writes its findings as every command does.
        if (type == typeof(Diagnostic))
            type = typeof(FindingOutput);
        Note(type);
        type = Nullable.GetUnderlyingType(type) ?? type;
        if (type.IsArray)
            return $"list of {TypeName(type.GetElementType()!)}";
        if (type.IsGenericType)
        {
            var inner = type.GetGenericArguments();
            return inner.Length == 2 ? $"object of {TypeName(inner[1])}" : $"list of {TypeName(inner[0])}";
        }
        return type == typeof(string) ? "string"
            : type == typeof(bool) ? "boolean"
            : type == typeof(DateTimeOffset) ? "time"
            : type == typeof(DateOnly) ? "date"
            : type == typeof(JsonNode) ? "object"
            : type.IsEnum ? "string"
            : type.IsPrimitive ? "number"
            : $"[{type.Name}](#{type.Name.ToLowerInvariant()})";
    }

    // Records are explained in the order in which they are met.
    private void Note(Type? type)
    {
        if (
            type is { IsEnum: false, IsGenericType: false, IsArray: false }
            && type.Namespace!.StartsWith("ServerlessHub", StringComparison.Ordinal)
            && !records.Contains(type)
        )
            records.Add(type);
    }

    private static string Sentence(XElement element)
    {
        var parts = element
            .Nodes()
            .Select(n =>
                n is XElement { Name.LocalName: "c" } code ? $"`{code.Value}`"
                : n is XText plain ? plain.Value
                : ""
            );
        return string.Join(' ', string.Concat(parts).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))
            .Replace("|", "\\|", StringComparison.Ordinal);
    }

    private static string CamelCase(string name) => char.ToLowerInvariant(name[0]) + name[1..];
}
