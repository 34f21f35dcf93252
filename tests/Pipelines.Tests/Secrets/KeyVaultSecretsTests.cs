using System.Net;
using System.Text;
using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Identity;
using Azure.Security.KeyVault.Secrets;
using ServerlessHub.Pipelines.Secrets;

namespace ServerlessHub.Pipelines.Tests.Secrets;

/// <summary>The real client, against what a vault sends over the wire.</summary>
public class KeyVaultSecretsTests
{
    private const string Vault = "https://my-hub.vault.azure.net/";

    /// <summary>Answers as a vault does: with a challenge to who brings no token, then as it is told.</summary>
    private sealed class Wire(Func<HttpRequestMessage, HttpResponseMessage> answer) : HttpMessageHandler
    {
        public List<string> Paths { get; } = [];

        protected override HttpResponseMessage Send(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            if (request.Headers.Authorization is null)
            {
                var challenge = new HttpResponseMessage(HttpStatusCode.Unauthorized);
                challenge.Headers.Add(
                    "WWW-Authenticate",
                    "Bearer authorization=\"https://login.microsoftonline.com/11111111-1111-1111-1111-111111111111\", resource=\"https://vault.azure.net\""
                );
                return challenge;
            }
            Assert.Equal("a-token", request.Headers.Authorization.Parameter);
            Paths.Add(request.RequestUri!.AbsolutePath);
            return answer(request);
        }

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            Task.FromResult(Send(request, cancellationToken));
    }

    private static readonly TokenCredential SignedIn = DelegatedTokenCredential.Create(
        (request, _) =>
        {
            Assert.Equal(["https://vault.azure.net/.default"], request.Scopes);
            return new AccessToken("a-token", DateTimeOffset.MaxValue);
        }
    );

    private static KeyVaultSecrets Secrets(Wire wire, TokenCredential? credential = null)
    {
        var options = new SecretClientOptions { Transport = new HttpClientTransport(new HttpClient(wire)) };
        options.Retry.MaxRetries = 0;
        return new KeyVaultSecrets(new SecretClient(new Uri(Vault), credential ?? SignedIn, options));
    }

    private static HttpResponseMessage Answer(HttpStatusCode status, string json) =>
        new(status) { Content = new StringContent(json, Encoding.UTF8, "application/json") };

    private static HttpResponseMessage Error(HttpStatusCode status, string code) =>
        Answer(status, $$"""{"error": {"code": "{{code}}", "message": "No." } }""");

    [Fact]
    public void A_secret_is_read_by_a_name_that_vaults_take()
    {
        using var wire = new Wire(_ =>
            Answer(
                HttpStatusCode.OK,
                """
                {
                  "value": "hunter2",
                  "id": "https://my-hub.vault.azure.net/secrets/pg-password/4387e9f3d6e14c459867679a90fd0f79",
                  "attributes": { "enabled": true, "created": 1493938410, "updated": 1493938410, "recoveryLevel": "Recoverable+Purgeable" }
                }
                """
            )
        );
        Assert.Equal("hunter2", Secrets(wire).Find("pg_password")?.Reveal());
        Assert.StartsWith("/secrets/pg-password", Assert.Single(wire.Paths), StringComparison.Ordinal);
    }

    [Fact]
    public void A_secret_that_is_not_there_is_none()
    {
        using var wire = new Wire(_ => Error(HttpStatusCode.NotFound, "SecretNotFound"));
        Assert.Null(Secrets(wire).Find("pg-password"));
        Assert.Equal($"pg-password in the Key Vault {Vault}", Secrets(wire).Place("pg.password"));
    }

    [Theory]
    [InlineData(HttpStatusCode.Forbidden, "Forbidden", "Key Vault Secrets User", false)]
    [InlineData(HttpStatusCode.BadRequest, "BadParameter", "400", false)]
    [InlineData(HttpStatusCode.ServiceUnavailable, "ServiceUnavailable", "503", true)]
    [InlineData(HttpStatusCode.TooManyRequests, "Throttled", "429", true)]
    public void A_refusal_says_who_refused_what_and_whether_to_try_again(HttpStatusCode status, string code, string part, bool transient)
    {
        using var wire = new Wire(_ => Error(status, code));
        var error = Assert.Throws<SecretException>(() => Secrets(wire).Find("pg-password"));
        Assert.All([Vault, "pg-password", code, part], text => Assert.Contains(text, error.Message, StringComparison.Ordinal));
        Assert.Equal(transient, error.IsTransient);
    }

    [Fact]
    public void A_vault_that_cannot_be_reached_may_be_tried_again()
    {
        using var wire = new Wire(_ => throw new HttpRequestException("No such host is known."));
        var error = Assert.Throws<SecretException>(() => Secrets(wire).Find("pg-password"));
        Assert.True(error.IsTransient);
        Assert.Contains("cannot be reached", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_failed_sign_in_says_how_to_sign_in()
    {
        var stranger = DelegatedTokenCredential.Create((_, _) => throw new CredentialUnavailableException("nobody"));
        using var wire = new Wire(_ => Answer(HttpStatusCode.OK, "{}"));
        var error = Assert.Throws<SecretException>(() => Secrets(wire, stranger).Find("pg-password"));
        Assert.Contains("az login", error.Message, StringComparison.Ordinal);
        Assert.Empty(wire.Paths);
    }
}
