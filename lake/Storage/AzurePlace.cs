using System.Net;
using Azure.Core;
using Azure.Identity;
using Azure.Storage.Blobs;

namespace ServerlessHub.Lake.Storage;

/// <summary>
/// An address in Azure storage: <c>abfss://container@account.dfs.core.windows.net/path</c>, or
/// <c>https://account.blob.core.windows.net/container/path</c>, with a signature as its query if it has one, or on this machine
/// <c>http://127.0.0.1:port/account/container/path</c>.
/// </summary>
public sealed class AzurePlace
{
    /// <summary>The environment variable with the connection string of an account; it counts for addresses in this account.</summary>
    public const string ConnectionVariable = "AZURE_STORAGE_CONNECTION_STRING";

    private readonly Uri _container;
    private readonly string _signature;

    private AzurePlace(Uri container, string path, string signature) => (_container, Path, _signature) = (container, path, signature);

    /// <summary>The account's host.</summary>
    public string Host => _container.IsDefaultPort ? _container.Host : _container.Authority;

    /// <summary>The container.</summary>
    public string Container => _container.Segments[^1].Trim('/');

    /// <summary>The path in the container, with <c>/</c> between its parts and at neither end.</summary>
    public string Path { get; }

    /// <summary>Whether a text is an address with a scheme that this is for, right or wrong.</summary>
    public static bool IsOne(string text) =>
        new[] { "abfss://", "abfs://", "https://", "http://" }.Any(scheme => text.StartsWith(scheme, StringComparison.OrdinalIgnoreCase));

    /// <summary>Reads an address.</summary>
    /// <exception cref="FormatException">It is none. The message says what is wrong, without a signature.</exception>
    public static AzurePlace Parse(string text)
    {
        var query = text.IndexOf('?', StringComparison.Ordinal);
        var (address, signature) = query < 0 ? (text, "") : (text[..query], text[query..]);
        if (!Uri.TryCreate(address, UriKind.Absolute, out var uri))
            throw new FormatException($"'{address}' is no address.");
        return uri.Scheme switch
        {
            "abfss" or "abfs" => OfFileSystem(uri, address, signature),
            "https" => OfBlobs(uri, address, signature, segmentsOfAccount: uri.IsLoopback ? 1 : 0),
            "http" when uri.IsLoopback || IPAddress.TryParse(uri.Host, out var ip) && IPAddress.IsLoopback(ip) => OfBlobs(
                uri,
                address,
                signature,
                segmentsOfAccount: 1
            ),
            "http" => throw new FormatException($"'{address}' is not encrypted; write https."),
            _ => throw new FormatException($"'{address}' is no address of a storage: it begins with none of abfss:// and https://."),
        };
    }

    /// <summary>The address, as far as it may be shown.</summary>
    public override string ToString() => Path.Length == 0 ? _container.ToString() : $"{_container}/{Path}";

    /// <summary>
    /// The container's client. Who may enter is said by the address's signature, by the connection string in
    /// <see cref="ConnectionVariable"/> if it is of this account, and otherwise by who is signed in or who the machine is.
    /// </summary>
    internal BlobContainerClient Connect(BlobClientOptions options)
    {
        if (_signature.Length > 0)
            return new(new Uri(_container + _signature), options);
        if (Environment.GetEnvironmentVariable(ConnectionVariable) is { Length: > 0 } connection)
        {
            var client = FromConnectionString(connection, options);
            if (client.Uri.GetLeftPart(UriPartial.Path) == _container.GetLeftPart(UriPartial.Path))
                return client;
        }
        // No token is sent where others could read it.
        if (_container.Scheme == Uri.UriSchemeHttp)
            throw new UnauthorizedAccessException($"{_container} is entered only with its connection string in {ConnectionVariable}.");
        TokenCredential credential = new DefaultAzureCredential();
        return new(_container, credential, options);
    }

    private BlobContainerClient FromConnectionString(string connection, BlobClientOptions options)
    {
        try
        {
            return new(connection, Container, options);
        }
        catch (FormatException)
        {
            // The client's own message quotes the text, key and all.
            throw new UnauthorizedAccessException($"The value of {ConnectionVariable} is no connection string of a storage account.");
        }
    }

    private static AzurePlace OfFileSystem(Uri uri, string address, string signature)
    {
        if (uri.UserInfo.Length == 0 || uri.UserInfo.Contains(':', StringComparison.Ordinal))
            throw new FormatException("An address abfss:// reads 'abfss://container@account.dfs.core.windows.net/path'.");
        var host = uri.Host.Replace(".dfs.", ".blob.", StringComparison.Ordinal);
        return new(new Uri($"https://{host}/{uri.UserInfo}"), Decoded(uri.AbsolutePath), signature);
    }

    private static AzurePlace OfBlobs(Uri uri, string address, string signature, int segmentsOfAccount)
    {
        var parts = uri.AbsolutePath.Trim('/').Split('/', segmentsOfAccount + 2);
        if (parts.Length <= segmentsOfAccount || parts[segmentsOfAccount].Length == 0)
            throw new FormatException($"'{address}' names no container; write one behind the account.");
        var container = string.Join('/', parts[..(segmentsOfAccount + 1)]);
        return new(
            new Uri($"{uri.Scheme}://{uri.Authority}/{container}"),
            parts.Length > segmentsOfAccount + 1 ? Decoded(parts[^1]) : "",
            signature
        );
    }

    private static string Decoded(string path) => Uri.UnescapeDataString(path).Trim('/');
}
