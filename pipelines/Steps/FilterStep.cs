using ServerlessHub.Pipelines.Definitions;
using ServerlessHub.Pipelines.Planning;
using ServerlessHub.Pipelines.Planning.Operators;

namespace ServerlessHub.Pipelines.Steps;

/// <summary><c>filter</c>: keeps the rows for which a condition is true.</summary>
public sealed class FilterStep : StepKind
{
    /// <inheritdoc/>
    public override ElementSpec Spec { get; } =
        new("filter", "Keeps the rows for which the condition is true; a row for which it is null goes.")
        {
            Attributes =
            [
                StepAttributes.Source,
                new("condition", AttributeKind.Expression, "The condition, over the columns of the source.")
                {
                    Required = true,
                    OrChild = true,
                },
                StepAttributes.Id,
            ],
            Example = """<filter source="orders" condition="status = 'paid' AND amount > 0"/>""",
        };

    /// <inheritdoc/>
    protected internal override bool KeepsColumns => true;

    /// <inheritdoc/>
    protected internal override void Bind(Element step, BindScope scope)
    {
        if (scope.Dataset(step, "source") is not { } source)
            return;
        if (scope.Condition(step.Source("condition")!, source) is { } condition)
            scope.Define(step, source, new Filter(source, condition));
    }
}
