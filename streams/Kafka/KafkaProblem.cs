using System.Text.RegularExpressions;
using Confluent.Kafka;

namespace ServerlessHub.Streams.Kafka;

/// <summary>What an error of a client says to whoever has written the document, and what to do about it.</summary>
internal static partial class KafkaProblem
{
    /// <summary>The problem by an error, and what was known before: that no broker is reached says less than why.</summary>
    public static string Of(Error error, string? before) =>
        error.Code == ErrorCode.Local_AllBrokersDown && before is not null ? before
        : Hint(error) is { } hint ? $"{Reason(error)}; {hint}"
        : Reason(error);

    /// <summary>What to do; null where that is not known.</summary>
    public static string? Hint(Error error) =>
        error.Code switch
        {
            ErrorCode.Local_Ssl => "look at ssl.ca.location, or ssl.ca.pem, in the file that securityRef names",
            ErrorCode.Local_Authentication or ErrorCode.SaslAuthenticationFailed =>
                "look at what the file of securityRef or connectionRef signs in with",
            ErrorCode.TopicAuthorizationFailed or ErrorCode.GroupAuthorizationFailed or ErrorCode.ClusterAuthorizationFailed =>
                "give whom the file of securityRef or connectionRef signs in the right to it",
            ErrorCode.Local_AllBrokersDown or ErrorCode.Local_Transport =>
                "look whether the brokers run, and whether they speak what security.protocol says in the file that securityRef names",
            _ => null,
        };

    /// <summary>The client's words, without what differs from time to time.</summary>
    private static string Reason(Error error) => Moment().Replace(error.Reason, "");

    [GeneratedRegex(@" \(after \d+ms in state \w+(, [^)]*)?\)$")]
    private static partial Regex Moment();
}
