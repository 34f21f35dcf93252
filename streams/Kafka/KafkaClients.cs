using Azure.Core;
using Azure.Identity;
using Confluent.Kafka;
using Microsoft.Extensions.Logging;

namespace ServerlessHub.Streams.Kafka;

/// <summary>What all clients of a Kafka broker have in common here: tokens of Entra ID where these are asked for, and their logs in the hub's.</summary>
internal static class KafkaClients
{
    /// <summary>Gives a client a token, whenever it asks for one.</summary>
    public static void Authenticate(IClient client, KafkaConnection connection)
    {
        try
        {
            var token = new DefaultAzureCredential().GetToken(new TokenRequestContext([connection.TokenScope!]), CancellationToken.None);
            client.OAuthBearerSetToken(token.Token, token.ExpiresOn.ToUnixTimeMilliseconds(), "hub");
        }
        catch (AuthenticationFailedException)
        {
            // The client asks again after a while, and says in its log that it has none.
            client.OAuthBearerSetTokenFailure(
                $"no token for {connection.TokenScope}: sign in with 'az login', or give the app a managed identity"
            );
        }
    }

    /// <summary>Writes what a client has to say into the log.</summary>
    public static void Log(ILogger logger, LogMessage message)
    {
        if (message.Level <= SyslogLevel.Error)
            Logs.ClientFailed(logger, message.Name, message.Message);
        else if (message.Level == SyslogLevel.Warning)
            Logs.ClientWarned(logger, message.Name, message.Message);
    }
}
