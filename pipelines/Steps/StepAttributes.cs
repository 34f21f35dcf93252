using ServerlessHub.Pipelines.Definitions;

namespace ServerlessHub.Pipelines.Steps;

/// <summary>Attributes that many steps share.</summary>
internal static class StepAttributes
{
    /// <summary>The dataset a step works on.</summary>
    public static AttributeSpec Source { get; } = new("source", AttributeKind.Dataset, "The dataset it works on.") { Required = true };

    /// <summary>The name of the result.</summary>
    public static AttributeSpec Id { get; } =
        new(
            "id",
            AttributeKind.Name,
            "Names the result a new dataset and leaves the input as it was; without it the result takes the input's name."
        );
}
