#if HUB_FULL
using Azure.Core;
using Azure.Identity;
using Microsoft.Data.SqlClient;

namespace ServerlessHub.Pipelines.Connectors.Databases;

/// <summary>
/// How one enters a SQL Server: by a password of its own, by a token of Microsoft Entra ID, or by who runs the hub. The driver knows the ways of
/// Entra ID only with a package more, so the tokens are fetched here, as for storage.
/// </summary>
internal static class SqlServerLogin
{
    /// <summary>A connection, not yet open.</summary>
    /// <exception cref="RunException">The address asks for a way in that there is not.</exception>
    public static SqlConnection Connect(DatabaseAddress address)
    {
        var url = address.Url;
        var settings = new SqlConnectionStringBuilder
        {
            DataSource = url.Port is { } port ? $"{url.Host},{port}" : url.Host,
            InitialCatalog = url.Database,
            ConnectTimeout = 15,
            CommandTimeout = 0,
            Pooling = false,
            ApplicationName = "ServerlessHub",
            TrustServerCertificate = url.Property("trustServerCertificate") == "true",
            HostNameInCertificate = url.Property("hostNameInCertificate") ?? "",
            Encrypt = url.Property("encrypt") switch
            {
                "false" or "optional" => SqlConnectionEncryptOption.Optional,
                "strict" => SqlConnectionEncryptOption.Strict,
                _ => SqlConnectionEncryptOption.Mandatory,
            },
        };
        var user = address.User ?? url.Property("user", "username");
        var password = address.Password?.Reveal() ?? url.Property("password") ?? "";
        Func<SqlAuthenticationParameters, TokenCredential>? credential = null;
        switch (url.Property("authentication"))
        {
            case null or "NotSpecified" or "SqlPassword" when user is not null:
                (settings.UserID, settings.Password) = (user, password);
                break;
            case null or "NotSpecified":
                settings.IntegratedSecurity = true;
                break;
            case "ActiveDirectoryDefault" or "ActiveDirectoryManagedIdentity" or "ActiveDirectoryMSI":
                var options = new DefaultAzureCredentialOptions();
                if ((url.Property("msiClientId") ?? user) is { } client)
                    options.ManagedIdentityClientId = client;
                credential = _ => new DefaultAzureCredential(options);
                break;
            case "ActiveDirectoryServicePrincipal" when user is not null:
                // The server says which tenant it is of.
                credential = asked => new ClientSecretCredential(new Uri(asked.Authority).Segments[^1].Trim('/'), user, password);
                break;
            case var way:
                throw new RunException(
                    $"{address}: cannot log in by authentication={way}{(user is null ? " without a user" : "")}",
                    "use SqlPassword or ActiveDirectoryServicePrincipal with a user and its password, or ActiveDirectoryDefault or ActiveDirectoryManagedIdentity"
                );
        }
        var connection = new SqlConnection(settings.ConnectionString);
        if (credential is not null)
            connection.AccessTokenCallback = async (asked, cancellation) =>
            {
                var token = await credential(asked)
                    .GetTokenAsync(new TokenRequestContext([asked.Resource + "/.default"]), cancellation)
                    .ConfigureAwait(false);
                return new SqlAuthenticationToken(token.Token, token.ExpiresOn);
            };
        return connection;
    }
}
#endif
