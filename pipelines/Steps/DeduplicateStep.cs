using ServerlessHub.Pipelines.Definitions;
using ServerlessHub.Pipelines.Planning;
using ServerlessHub.Pipelines.Planning.Operators;

namespace ServerlessHub.Pipelines.Steps;

/// <summary><c>deduplicate</c>: keeps one row for each key.</summary>
public sealed class DeduplicateStep : StepKind
{
    private const string DefaultOrder = "updated_at";

    /// <inheritdoc/>
    public override ElementSpec Spec { get; } =
        new("deduplicate", "Keeps one row for each key. Null keys are equal to each other.")
        {
            Attributes =
            [
                StepAttributes.Source,
                new("keys", AttributeKind.Columns, "The columns that make two rows the same.") { Required = true },
                new(
                    "keep",
                    AttributeKind.Choice,
                    "Which row is kept: the first or last in the order of the rows, or the latest by `orderBy`."
                )
                {
                    Choices = ["first", "last", "latest"],
                    Default = "first",
                },
                new(
                    "orderBy",
                    AttributeKind.Columns,
                    $"What `latest` goes by, `{DefaultOrder}` unless given. Nulls are the lowest; of equal rows the earlier is kept."
                ),
                StepAttributes.Id,
            ],
            Example = """<deduplicate source="customers" keys="customer_id" keep="latest" orderBy="updated_at"/>""",
        };

    /// <inheritdoc/>
    protected internal override bool KeepsColumns => true;

    /// <inheritdoc/>
    protected internal override void Bind(Element step, BindScope scope)
    {
        if (scope.Dataset(step, "source") is not { } source)
            return;
        var keys = scope.Columns(source, step, "keys");
        var keep = Enum.Parse<Keep>(step["keep"]!, ignoreCase: true);
        if (keep != Keep.Latest && step.Has("orderBy"))
            scope.Findings.Add(
                Rule.ConflictingAttributes,
                step.LocationOf("orderBy"),
                $"orderBy says what keep=\"latest\" goes by, but keep is \"{step["keep"]}\"",
                "set keep=\"latest\", or sort the dataset before"
            );
        var names = step.Has("orderBy") ? step.Names("orderBy") : [DefaultOrder];
        var orderBy =
            keep == Keep.Latest ? names.Select(n => scope.Column(source, n, step.LocationOf("orderBy"))?.Name).OfType<string>() : [];
        scope.Define(step, source, new Deduplicate(source, [.. keys.Select(k => k.Name)], keep, [.. orderBy]));
    }
}
