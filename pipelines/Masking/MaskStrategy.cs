namespace ServerlessHub.Pipelines.Masking;

/// <summary>What a mask makes of a value.</summary>
public enum MaskStrategy
{
    /// <summary>A keyed fingerprint, HMAC-SHA256 in hexadecimal. Equal values have equal fingerprints; nobody can go back.</summary>
    Hash,

    /// <summary>A fixed text, with the last characters kept where the options say so. Nobody can go back.</summary>
    Redact,

    /// <summary>A deterministic token (AES-SIV, or FF1 where the format is kept): it joins, and whoever has the key can go back.</summary>
    Tokenize,

    /// <summary>Authenticated encryption under a random nonce: equal values look different, and whoever has the key can go back.</summary>
    Encrypt,
}
