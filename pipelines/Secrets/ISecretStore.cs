namespace ServerlessHub.Pipelines.Secrets;

/// <summary>Where secrets are looked up by name. Safe for use by several threads.</summary>
public interface ISecretStore
{
    /// <summary>The secret of that name, or null if this store has none.</summary>
    /// <exception cref="SecretException">The name can be no secret's, or the store has it but will not or cannot give it.</exception>
    Secret? Find(string name, CancellationToken cancellation = default);

    /// <summary>Where this store looks for that name, for a message to somebody who has to put it there.</summary>
    string Place(string name);
}
