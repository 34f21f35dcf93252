namespace ServerlessHub.Pipelines.Masking;

/// <summary>What a mask may be told beyond its strategy.</summary>
public sealed record MaskOptions
{
    /// <summary>How many characters at the end <see cref="MaskStrategy.Redact"/> keeps; 0 keeps none. A character is what a reader takes for
    /// one (a Unicode text element), so none is ever cut in two.</summary>
    public int KeepLast { get; init; }

    /// <summary>Whether <see cref="MaskStrategy.Tokenize"/> keeps the length and puts a digit for a digit, a small letter for a small letter, a
    /// capital for a capital, and leaves everything else where it is.</summary>
    public bool PreserveFormat { get; init; }

    /// <summary>The key version to work with, or null for the current one. Needed to go back from a token whose format was kept under an
    /// older version: such a token has no room to name its version.</summary>
    public int? KeyVersion { get; init; }
}
