using System.CommandLine;
using ServerlessHub.Host.Output;

namespace ServerlessHub.Host.Commands;

/// <summary><c>hub tables constraints</c></summary>
internal sealed class TablesConstraintsCommand : HubCommand
{
    private const string Prefix = "delta.constraints.";

    private static readonly Option<string?> Added = new("--add")
    {
        Description = "Adds one: a condition on the columns that every row fulfils. The rows that are there are checked first.",
        HelpName = "name=condition",
    };

    private static readonly Option<string?> Dropped = new("--drop") { Description = "Takes one away.", HelpName = "name" };

    public TablesConstraintsCommand()
        : base("constraints", "Show, add or drop the conditions that each row of a table must fulfil.")
    {
        Details = "Every writer of the table holds to them, also those that are not this hub.";
        Arguments.Add(TableArguments.Table);
        Options.Add(Added);
        Options.Add(Dropped);
        Options.Add(TableArguments.Memory);
        Options.Add(CommonOptions.Root);
        Options.Add(CommonOptions.Json);
        ExitCodes = [ExitCode.NotFound, ExitCode.Failed];
        JsonOutput = typeof(ConstraintsOutput);
        Examples =
        [
            ("hub tables constraints service.customer", "Those it has."),
            ("hub tables constraints service.customer --add \"positive=revenue >= 0\"", "One more."),
        ];
    }

    public override ExitCode Execute(Invocation invocation)
    {
        var root = invocation.HubRoot();
        var (add, drop) = (invocation.Value(Added), invocation.Value(Dropped));
        if (add is not null && drop is not null)
            throw CommandException.Usage("--add and --drop are two commands", "do one after the other");
        var name = Named.Table(root, invocation.Value(TableArguments.Table)!);
        var table = LakeTable.Open(root, name);
        if (add is not null)
        {
            if (add.Split('=', 2) is not [var constraint, var condition] || constraint.Trim().Length == 0)
                throw CommandException.Usage($"'{add}' is not of the form name=condition", "for instance: --add \"positive=amount > 0\"");
            using var engine = TableArguments.Engine(invocation, root);
            TableArguments.Commit(
                invocation,
                options => table.StageConstraint(engine.Connection, constraint.Trim(), condition.Trim(), options, invocation.Cancellation)
            );
        }
        if (drop is not null)
            TableArguments.Commit(invocation, options => table.StageDropConstraint(drop, options, invocation.Cancellation));

        var constraints = LakeTable
            .Read(root, name)
            .Properties.Where(p => p.Key.StartsWith(Prefix, StringComparison.Ordinal))
            .Select(p => new ConstraintOutput(p.Key[Prefix.Length..], p.Value ?? ""))
            .OrderBy(c => c.Name, StringComparer.Ordinal)
            .ToList();
        if (invocation.Json)
            invocation.Terminal.WriteJson(new ConstraintsOutput(name.ToString(), constraints), OutputJson.Default.ConstraintsOutput);
        else if (constraints.Count == 0)
            invocation.Terminal.Error.WriteLine($"{name} has no constraints; --add name=condition makes one");
        else
            invocation.Terminal.Write(
                new Grid([new("constraint"), new("condition")], [.. constraints.Select(c => new[] { c.Name, c.Condition })])
            );
        return ExitCode.Done;
    }
}
