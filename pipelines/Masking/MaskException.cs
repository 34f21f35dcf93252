namespace ServerlessHub.Pipelines.Masking;

/// <summary>A value that cannot be masked or unmasked, or a key that cannot be used. The message says why and never holds a value or a key.</summary>
public sealed class MaskException : Exception
{
    /// <summary>Makes the exception.</summary>
    public MaskException(string message)
        : base(message) { }
}
