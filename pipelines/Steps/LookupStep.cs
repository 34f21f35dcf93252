using ServerlessHub.Engine;
using ServerlessHub.Pipelines.Connectors;
using ServerlessHub.Pipelines.Definitions;
using ServerlessHub.Pipelines.Planning;
using ServerlessHub.Pipelines.Planning.Operators;

namespace ServerlessHub.Pipelines.Steps;

/// <summary><c>lookup</c>: appends columns of a reference table.</summary>
public sealed class LookupStep : StepKind
{
    /// <inheritdoc/>
    public override ElementSpec Spec { get; } =
        new("lookup", "Appends columns of the one row of a reference that has the same key.")
        {
            Attributes =
            [
                StepAttributes.Source,
                new(
                    "reference",
                    AttributeKind.Text,
                    "A table, `layer.table` or `app.layer.table`, or a file under `config/common/lookups`, with or without its ending."
                )
                {
                    Required = true,
                },
                new(
                    "on",
                    AttributeKind.Columns,
                    "The key columns; `a=b` where they are called `a` in the source and `b` in the reference. Default: the columns both share."
                ),
                new("outputFields", AttributeKind.Columns, "The columns to append; `old as new` renames one. Default: all but the key."),
                new("joinType", AttributeKind.Choice, "Whether a row that finds nothing stays (`left`) or goes (`inner`).")
                {
                    Choices = ["left", "inner"],
                    Default = "left",
                },
                new(
                    "default",
                    AttributeKind.Text,
                    "The value of the appended columns in rows that found nothing, read in each column's type; null unless given."
                ),
                new(
                    "multiple",
                    AttributeKind.Choice,
                    "What happens when a key finds several rows: the run fails and names it (`error`), or the `first` is taken."
                )
                {
                    Choices = ["error", "first"],
                    Default = "error",
                },
                StepAttributes.Id,
            ],
            Details = """
                A null key finds nothing. Only keys that the source asks for have to be unique in the reference.
                """,
            Example =
                """<lookup source="customers" reference="country_dim" on="country=iso_code" outputFields="country_name" default="unknown"/>""",
        };

    /// <inheritdoc/>
    protected internal override void Bind(Element step, BindScope scope)
    {
        if (scope.Dataset(step, "source") is not { } source)
            return;
        var reference = scope.BringAlong(step["reference"]!, ReferenceSource.Instance, step);
        if (!reference.IsKnown)
            return;
        var names = Outputs(step, scope, reference);
        if (names is null || Keys(step, scope, source, reference, names) is not { Count: > 0 } keys)
            return;
        names = names.Count > 0 ? names : [.. Appended(reference, keys)];
        if (Fields(step, scope, source, names) is { } fields)
            scope.Define(
                step,
                source,
                new Lookup(source, reference, keys, fields, step["joinType"] == "inner", step["multiple"] == "first")
            );
    }

    /// <summary>The columns to append and their names, none where the attribute is absent; null when one of them is not there.</summary>
    private static List<(Column Column, string Name)>? Outputs(Element step, BindScope scope, Dataset reference)
    {
        var outputs = new List<(Column, string)>();
        foreach (var part in NameList.Located(step["outputFields"] ?? ""))
        {
            var item = ColumnAlias.Parse(part.Text);
            if (scope.Column(reference, item.Column, step.Source("outputFields")!.LocationAt(part.Offset)) is not { } column)
                return null;
            outputs.Add((column, item.Name ?? column.Name));
        }
        return outputs;
    }

    private static IEnumerable<(Column, string)> Appended(Dataset reference, IReadOnlyList<LookupKey> keys) =>
        reference.Columns.Where(c => keys.All(k => k.Reference != c.Name)).Select(c => (c, c.Name));

    private static List<LookupKey>? Keys(
        Element step,
        BindScope scope,
        Dataset source,
        Dataset reference,
        IReadOnlyList<(Column Column, string Name)> outputs
    )
    {
        var keys = new List<LookupKey>();
        if (!step.Has("on"))
            keys.AddRange(
                from c in reference.Columns
                where outputs.All(o => o.Column != c)
                let shared = source.Find(c.Name)
                where shared is not null
                select new LookupKey(shared.Name, c.Name)
            );
        else
            foreach (var part in NameList.Located(step["on"]!))
            {
                var sides = part.Text.Split('=', 2, StringSplitOptions.TrimEntries);
                var at = step.Source("on")!.LocationAt(part.Offset);
                if (
                    scope.Column(source, NameList.Unquote(sides[0]), at) is not { } mine
                    || scope.Column(reference, NameList.Unquote(sides[^1]), at) is not { } other
                )
                    return null;
                keys.Add(new LookupKey(mine.Name, other.Name));
            }
        if (keys.Count == 0)
            scope.Findings.Add(
                Rule.UnknownColumn,
                step.LocationOf("reference"),
                $"'{source.Name}' and '{reference.Name}' share no column to look up by",
                $"say on=\"a=b\"; {BindScope.Known($"columns of '{reference.Name}'", reference.Columns.Select(c => c.Name))}"
            );
        return keys.TrueForAll(k => Fits(step, scope, source.Find(k.Source)!, reference.Find(k.Reference)!)) ? keys : null;
    }

    private static bool Fits(Element step, BindScope scope, Column mine, Column other)
    {
        if (TypeWidening.Of(mine.Type, other.Type) is not null || (mine.Type.IsNumeric && other.Type.IsNumeric))
            return true;
        scope.Findings.Add(
            Rule.TypeMismatch,
            step.LocationOf("on"),
            $"'{mine.Name}' is {mine.Type}, but '{other.Name}' of the reference is {other.Type}",
            $"convert it first: <derive …><column name=\"{mine.Name}\" type=\"{other.Type.ToString().ToLowerInvariant()}\">…"
        );
        return false;
    }

    private static List<LookupField>? Fields(
        Element step,
        BindScope scope,
        Dataset source,
        IReadOnlyList<(Column Column, string Name)> outputs
    )
    {
        var fields = new List<LookupField>();
        foreach (var (column, name) in outputs)
        {
            if (source.Columns.Any(c => c.Name.Equals(name, StringComparison.OrdinalIgnoreCase)))
            {
                scope.Findings.Add(
                    Rule.DuplicateColumn,
                    step.LocationOf("outputFields"),
                    $"'{source.Name}' has a column '{name}' already",
                    $"rename the appended one: outputFields=\"{column.Name} as …\""
                );
                return null;
            }
            var fallback = step["default"] is { } text ? new LiteralExpression(text, column.Type) : null;
            if (fallback is not null && !IsValue(step, scope, fallback, column))
                return null;
            fields.Add(new LookupField(name, column, fallback));
        }
        return fields;
    }

    private static bool IsValue(Element step, BindScope scope, LiteralExpression value, Column column)
    {
        if (scope.IsValue(value.Value!, value.Type))
            return true;
        scope.Findings.Add(
            Rule.TypeMismatch,
            step.LocationOf("default"),
            $"default=\"{value.Value}\" is no {column.Type}, which '{column.Name}' is",
            "give a value of that type, or look the columns up in two steps with a default each"
        );
        return false;
    }
}
