namespace ServerlessHub.Pipelines.Secrets;

/// <summary>The secrets of one hub: from the environment, then from files, then from a Key Vault if <c>HUB_KEY_VAULT</c> names one. The files are in
/// <c>HUB_SECRETS</c>, or in <c>.hub/secrets</c> under the hub's root.</summary>
public sealed class HubSecrets
{
    /// <summary>The name of the hub's own masking key.</summary>
    public const string MaskingKeyName = "masking-key";

    private readonly Func<string, string?> environment;
    private readonly SecretChain stores;
    private readonly MaskingKeyFile? ownKey;

    /// <summary>The secrets of the hub at a root folder.</summary>
    /// <param name="root">The hub's root folder.</param>
    /// <param name="environment">Reads an environment variable; null for the process's own.</param>
    /// <param name="isShared">Whether other machines use the hub as well.</param>
    /// <exception cref="SecretException"><c>HUB_KEY_VAULT</c> is no https address.</exception>
    public HubSecrets(string root, Func<string, string?>? environment = null, bool isShared = false)
    {
        this.environment = environment ?? Environment.GetEnvironmentVariable;
        var own = Path.Combine(root, ".hub", "secrets");
        var files = new FileSecrets(Variable("HUB_SECRETS") ?? own);
        var vault = Variable("HUB_KEY_VAULT");
        stores = vault is null
            ? new SecretChain(new EnvironmentSecrets(this.environment), files)
            : new SecretChain(new EnvironmentSecrets(this.environment), files, KeyVaultSecrets.At(vault));
        // A hub with a vault, or an address, runs on many machines, and a key that only one of them has would make tokens that do not join.
        ownKey = vault is null && !isShared ? new MaskingKeyFile(own) : null;
    }

    /// <summary>The secret of a name.</summary>
    /// <exception cref="SecretException">There is none, with where to put it; or it cannot be had.</exception>
    public Secret Get(string name, CancellationToken cancellation = default) =>
        stores.Find(name, cancellation) ?? throw new SecretException($"There is no secret '{name}'. Put it in {stores.Place(name)}.");

    /// <summary>The hub's own masking key: the secret <c>masking-key</c>, which is made on first use where there is no Key Vault and only this machine uses the hub.</summary>
    /// <exception cref="SecretException">There is none and none is made, or it cannot be had.</exception>
    public Secret MaskingKey(CancellationToken cancellation = default) =>
        ownKey is null ? Get(MaskingKeyName, cancellation) : stores.Find(MaskingKeyName, cancellation) ?? ownKey.FindOrMake();

    /// <summary>The file of the masking key, if this one has made it: whoever loses it can turn no token back, and new tokens no longer join with those there.</summary>
    public string? MadeMaskingKey => ownKey?.HasMade == true ? $".hub/secrets/{MaskingKeyName}" : null;

    /// <summary>A text with each <c>${env:NAME}</c> and <c>${secret:NAME}</c> in it replaced; what they stand for is taken as it is.</summary>
    /// <exception cref="SecretException">Something is missing, or a placeholder is of no such form.</exception>
    public Secret Expand(string text, CancellationToken cancellation = default) =>
        new(Placeholders.Expand(text, name => Value(name, cancellation)));

    private string Value(Placeholder placeholder, CancellationToken cancellation) =>
        placeholder.IsSecret
            ? Get(placeholder.Name, cancellation).Reveal()
            : environment(placeholder.Name)
                ?? throw new SecretException(
                    $"The environment variable {placeholder.Name}, which ${{env:{placeholder.Name}}} stands for, is not set."
                );

    private string? Variable(string name) => environment(name) is { Length: > 0 } value ? value : null;
}
