namespace ServerlessHub.Pipelines.Definitions;

/// <summary>A parameter in SQL text.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Start">Where its colon stands.</param>
public readonly record struct SqlParameter(string Name, int Start)
{
    /// <summary>Its length with the colon.</summary>
    public int Length => Name.Length + 1;
}
