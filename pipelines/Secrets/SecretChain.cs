namespace ServerlessHub.Pipelines.Secrets;

/// <summary>Several stores, asked in order; the first that has a secret gives it.</summary>
public sealed class SecretChain(params IReadOnlyList<ISecretStore> stores) : ISecretStore
{
    /// <inheritdoc/>
    public Secret? Find(string name, CancellationToken cancellation = default)
    {
        foreach (var store in stores)
        {
            if (store.Find(name, cancellation) is { } secret)
                return secret;
        }
        return null;
    }

    /// <inheritdoc/>
    public string Place(string name) => string.Join(", or ", stores.Select(store => store.Place(name)));
}
