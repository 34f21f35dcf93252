using System.CommandLine;
using ServerlessHub.Host.Output;

namespace ServerlessHub.Host.Commands;

/// <summary><c>hub tables properties</c></summary>
internal sealed class TablesPropertiesCommand : HubCommand
{
    private static readonly Option<string[]> Set = new("--set")
    {
        Description = "Gives a property a value; once for each.",
        HelpName = "name=value",
    };

    private static readonly Option<string[]> Unset = new("--unset")
    {
        Description = "Takes a property away; once for each.",
        HelpName = "name",
    };

    public TablesPropertiesCommand()
        : base("properties", "Show, set or take away the properties of a table.")
    {
        Details =
            "All that is asked for is one commit. What a property needs of the programs that read or write the table becomes part of the table's "
            + "protocol, and stays so when the property is taken away.";
        Arguments.Add(TableArguments.Table);
        Options.Add(Set);
        Options.Add(Unset);
        Options.Add(CommonOptions.Root);
        Options.Add(CommonOptions.Json);
        ExitCodes = [ExitCode.NotFound, ExitCode.Failed];
        JsonOutput = typeof(TablePropertiesOutput);
        Examples =
        [
            ("hub tables properties service.customer", "Those it has."),
            (
                "hub tables properties service.customer --set delta.enableDeletionVectors=true",
                "Small changes list the rows that go, instead of writing large files anew."
            ),
            ("hub tables properties service.customer --set delta.enableChangeDataFeed=true", "The table keeps which rows change."),
            (
                "hub tables properties iot.events --set delta.autoOptimize.autoCompact=true",
                "A write that leaves 50 small files or more in a partition puts them together."
            ),
        ];
    }

    public override ExitCode Execute(Invocation invocation)
    {
        var root = invocation.HubRoot();
        var changes = Changes(invocation.Value(Set) ?? [], invocation.Value(Unset) ?? []);
        var name = Named.Table(root, invocation.Value(TableArguments.Table)!);
        if (changes.Count > 0)
        {
            var table = LakeTable.Open(root, name);
            TableArguments.Commit(invocation, options => table.StageProperties(changes, options, invocation.Cancellation));
        }

        var properties = LakeTable.Read(root, name).Properties.OrderBy(p => p.Key, StringComparer.Ordinal).ToDictionary();
        if (invocation.Json)
            invocation.Terminal.WriteJson(new TablePropertiesOutput(name.ToString(), properties), OutputJson.Default.TablePropertiesOutput);
        else if (properties.Count == 0)
            invocation.Terminal.Error.WriteLine($"{name} has no properties; --set name=value sets one");
        else
            invocation.Terminal.Write(
                new Grid([new("property"), new("value")], [.. properties.Select(p => new[] { p.Key, p.Value ?? "" })])
            );
        return ExitCode.Done;
    }

    private static Dictionary<string, string?> Changes(IEnumerable<string> set, IEnumerable<string> unset)
    {
        var changes = new Dictionary<string, string?>();
        foreach (var text in set)
        {
            if (text.Split('=', 2) is not [var name, var value] || name.Trim().Length == 0)
                throw CommandException.Usage($"'{text}' is not of the form name=value", "for instance: --set delta.appendOnly=true");
            Add(name.Trim(), value.Trim());
        }
        foreach (var name in unset)
            Add(name, null);
        return changes;

        void Add(string name, string? value)
        {
            if (!changes.TryAdd(name, value))
                throw CommandException.Usage($"'{name}' is set or taken away twice", "name each property once");
        }
    }
}
