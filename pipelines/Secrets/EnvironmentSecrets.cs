namespace ServerlessHub.Pipelines.Secrets;

/// <summary>Secrets in environment variables: <c>pg-password</c> is <c>HUB_SECRET_PG_PASSWORD</c>. An empty variable counts as none.</summary>
/// <param name="read">Reads a variable.</param>
public sealed class EnvironmentSecrets(Func<string, string?> read) : ISecretStore
{
    /// <inheritdoc/>
    public Secret? Find(string name, CancellationToken cancellation = default)
    {
        SecretName.Check(name);
        return read(Variable(name)) is { Length: > 0 } text ? new Secret(text) : null;
    }

    /// <inheritdoc/>
    public string Place(string name) => $"the environment variable {Variable(name)}";

    private static string Variable(string name) => "HUB_SECRET_" + SecretName.Replace(name, '_').ToUpperInvariant();
}
