using System.Text;

namespace ServerlessHub.Pipelines.Masking;

/// <summary>Masks vectors of values, and unmasks them where the strategy can be undone. Null stays null. The same key makes the same of the same
/// value everywhere (but <see cref="MaskStrategy.Encrypt"/>, on purpose). For one thread at a time; a thread that needs one makes its own.</summary>
public abstract class Mask : IDisposable
{
    private readonly ByteVector single = new();
    private readonly ByteVector singleResult = new();

    /// <summary>Makes a mask.</summary>
    /// <param name="strategy">What it makes of a value.</param>
    /// <param name="keys">The key; may be null for <see cref="MaskStrategy.Redact"/> only.</param>
    /// <param name="options">What the strategy may be told; null for nothing.</param>
    /// <exception cref="ArgumentException">The options do not go with the strategy, or the key is missing.</exception>
    /// <exception cref="MaskException">The key has no such version.</exception>
    public static Mask Create(MaskStrategy strategy, MaskKeys? keys, MaskOptions? options = null)
    {
        options ??= new MaskOptions();
        ArgumentOutOfRangeException.ThrowIfNegative(options.KeepLast, nameof(options));
        if (options.KeepLast > 0 && strategy != MaskStrategy.Redact)
            throw new ArgumentException("Only redact keeps last characters.", nameof(options));
        if (options.PreserveFormat && strategy != MaskStrategy.Tokenize)
            throw new ArgumentException("Only tokenize keeps the format.", nameof(options));
        if (strategy == MaskStrategy.Redact)
            return new RedactMask(options.KeepLast);
        ArgumentNullException.ThrowIfNull(keys);
        var version = options.KeyVersion ?? keys.CurrentVersion;
        return strategy switch
        {
            MaskStrategy.Hash => new HashMask(keys.Derive("hash", version, 32)),
            MaskStrategy.Encrypt => new EncryptMask(keys, version),
            MaskStrategy.Tokenize when options.PreserveFormat => new FormatMask(keys, version),
            MaskStrategy.Tokenize => new TokenMask(keys, version),
            _ => throw new ArgumentOutOfRangeException(nameof(strategy)),
        };
    }

    /// <summary>Whether equal values have equal masks.</summary>
    internal virtual bool IsDeterministic => true;

    /// <summary>Fills a vector with the masked values of another.</summary>
    /// <exception cref="MaskException">A value cannot be masked this way.</exception>
    public abstract void Apply(ByteVector values, ByteVector masked);

    /// <summary>Fills a vector with what the values of another were before they were masked.</summary>
    /// <exception cref="MaskException">The strategy cannot be undone, or a value was not made by it, was changed since, or was made with a key
    /// or key version that is not at hand.</exception>
    public virtual void Undo(ByteVector masked, ByteVector values) =>
        throw new MaskException("Values that were hashed or redacted cannot be unmasked; only tokenize and encrypt can be undone.");

    /// <summary>Masks one value.</summary>
    /// <exception cref="MaskException">As for vectors.</exception>
    public string? Apply(string? value) => Single(value, Apply);

    /// <summary>Unmasks one value.</summary>
    /// <exception cref="MaskException">As for vectors.</exception>
    public string? Undo(string? masked) => Single(masked, Undo);

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Lets go of the ciphers.</summary>
    protected virtual void Dispose(bool disposing) { }

    private string? Single(string? value, Action<ByteVector, ByteVector> work)
    {
        if (value is null)
            return null;
        single.Clear();
        single.Add(Encoding.UTF8.GetBytes(value));
        work(single, singleResult);
        return Encoding.UTF8.GetString(singleResult[0]);
    }
}
