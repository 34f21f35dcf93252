namespace ServerlessHub.Pipelines.Definitions;

/// <summary>How large a document may be, so that a hostile or mistaken upload costs little.</summary>
/// <param name="Length">The greatest size: bytes of a stream, characters of a text.</param>
/// <param name="Depth">The deepest nesting of elements.</param>
public sealed record DocumentLimits(int Length = 1 << 20, int Depth = 64)
{
    /// <summary>One mebibyte, 64 levels.</summary>
    public static DocumentLimits Default { get; } = new();
}
