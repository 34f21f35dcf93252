using System.Text.RegularExpressions;
using ServerlessHub.Pipelines.Definitions;
using ServerlessHub.Pipelines.Planning;
using ServerlessHub.Pipelines.Planning.Operators;

namespace ServerlessHub.Pipelines.Steps;

/// <summary><c>sort</c>: puts the rows in an order.</summary>
public sealed partial class SortStep : StepKind
{
    /// <inheritdoc/>
    public override ElementSpec Spec { get; } =
        new("sort", "Puts the rows in an order. Text compares by code point; rows with equal values stay in the order they had.")
        {
            Attributes =
            [
                StepAttributes.Source,
                new(
                    "orderBy",
                    AttributeKind.Columns,
                    "The columns to go by, the first deciding first; `asc` or `desc` after a name holds for that one."
                )
                {
                    Required = true,
                },
                new("direction", AttributeKind.Choice, "The direction of the columns that name none.")
                {
                    Choices = ["asc", "desc"],
                    Default = "asc",
                },
                new("nulls", AttributeKind.Choice, "Where nulls come, in either direction.")
                {
                    Choices = ["first", "last"],
                    Default = "last",
                },
                StepAttributes.Id,
            ],
            Details = """
                The order survives into a single file and into `first` and `last` of the steps after it. Steps that put rows together
                anew, `aggregate` and `sql`, end it; a join keeps that of its left side.
                """,
            Example = """<sort source="orders" orderBy="country, amount desc" nulls="first"/>""",
        };

    /// <inheritdoc/>
    protected internal override bool KeepsColumns => true;

    /// <inheritdoc/>
    protected internal override void Bind(Element step, BindScope scope)
    {
        if (scope.Dataset(step, "source") is not { } source)
            return;
        var keys = new List<SortKey>();
        var complete = true;
        foreach (var part in NameList.Located(step["orderBy"]!))
        {
            var (name, direction) = Split(part.Text);
            if (scope.Column(source, name, step.Source("orderBy")!.LocationAt(part.Offset)) is { } column)
                keys.Add(new SortKey(column.Name, (direction ?? step["direction"]) == "desc", step["nulls"] == "first"));
            else
                complete = false;
        }
        if (complete)
            scope.Define(step, source, new Sort(source, keys));
    }

    private static (string Name, string? Direction) Split(string term) =>
        Directed().Match(term) is { Success: true } m
            ? (NameList.Unquote(m.Groups[1].Value), m.Groups[2].Value.ToLowerInvariant())
            : (NameList.Unquote(term), null);

    [GeneratedRegex("""^("(?:[^"]|"")+"|[^"]+?)\s+(asc|desc)$""", RegexOptions.IgnoreCase)]
    private static partial Regex Directed();
}
