using Azure;
using Azure.Identity;
using Azure.Security.KeyVault.Secrets;

namespace ServerlessHub.Pipelines.Secrets;

/// <summary>Secrets in an Azure Key Vault. A vault takes letters, digits and '-' in names, so '_' and '.' become '-'.</summary>
public sealed class KeyVaultSecrets : ISecretStore
{
    private readonly SecretClient client;

    /// <summary>Asks through a client.</summary>
    public KeyVaultSecrets(SecretClient client) => this.client = client;

    /// <summary>Asks a vault as whoever this process is on Azure: its managed identity, or the signed-in developer. Nothing is asked before a
    /// secret is looked for.</summary>
    /// <param name="address">As in <c>https://my-hub.vault.azure.net</c>.</param>
    /// <exception cref="SecretException">That is no https address.</exception>
    public static KeyVaultSecrets At(string address) =>
        Uri.TryCreate(address, UriKind.Absolute, out var vault) && vault.Scheme == Uri.UriSchemeHttps
            ? new KeyVaultSecrets(new SecretClient(vault, new DefaultAzureCredential()))
            : throw new SecretException($"'{address}' is not a Key Vault's address; it looks like https://my-hub.vault.azure.net.");

    /// <inheritdoc/>
    public Secret? Find(string name, CancellationToken cancellation = default)
    {
        SecretName.Check(name);
        try
        {
            return new Secret(client.GetSecret(VaultName(name), cancellationToken: cancellation).Value.Value);
        }
        catch (RequestFailedException error) when (error.Status == 404)
        {
            return null;
        }
        catch (RequestFailedException error)
        {
            throw Refused(name, error);
        }
        catch (AuthenticationFailedException error)
        {
            throw new SecretException(
                $"The secret '{name}' was looked for in {client.VaultUri}, but signing in to Azure failed. Sign in with 'az login', or give the app a managed identity.",
                inner: error
            );
        }
        catch (AggregateException error)
        {
            throw Unreachable(name, error);
        }
    }

    /// <inheritdoc/>
    public string Place(string name) => $"{VaultName(name)} in the Key Vault {client.VaultUri}";

    private SecretException Refused(string name, RequestFailedException error) =>
        error.Status switch
        {
            0 => Unreachable(name, error),
            401 or 403 => new SecretException(
                $"The Key Vault {client.VaultUri} refuses to give '{VaultName(name)}' ({error.ErrorCode ?? "no reason given"}). The app's identity needs the role 'Key Vault Secrets User', and the secret must be enabled.",
                inner: error
            ),
            _ => new SecretException(
                $"The Key Vault {client.VaultUri} answered {error.Status} ({error.ErrorCode ?? "no reason given"}) when asked for '{VaultName(name)}'.",
                isTransient: error.Status is 408 or 429 or >= 500,
                inner: error
            ),
        };

    private SecretException Unreachable(string name, Exception error) =>
        new($"The Key Vault {client.VaultUri}, asked for '{VaultName(name)}', cannot be reached.", isTransient: true, inner: error);

    private static string VaultName(string name) => SecretName.Replace(name, '-');
}
