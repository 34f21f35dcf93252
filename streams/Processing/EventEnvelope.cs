using ServerlessHub.Streams.Definitions;

namespace ServerlessHub.Streams.Processing;

/// <summary>How the object is taken out of an event's message, in SQL over the columns of the raw table.</summary>
/// <param name="Object">The object's JSON; null where there is none.</param>
/// <param name="IsDelete">Whether the message says that it is gone.</param>
internal sealed record EventEnvelope(string Object, string IsDelete)
{
    /// <summary>In the binary form of a CloudEvent its attributes are headers, and its data is the value; Kafka Protocol Binding 1.0, section 3.</summary>
    private const string IsBinary =
        "(headers::JSON->>'ce_specversion') IS NOT NULL AND NOT starts_with(lower(coalesce(headers::JSON->>'content-type', '')), 'application/cloudevents')";

    private static readonly EventEnvelope Plain = new("value", "false");

    private static readonly EventEnvelope CloudEvent = new(
        $"CAST(CASE WHEN {IsBinary} THEN value ELSE coalesce(value->'$.data', value->'$.data_base64') END AS VARCHAR)",
        "false"
    );

    private static readonly EventEnvelope Debezium = new(
        """
        CAST(CASE WHEN coalesce(value->>'$.payload.op', value->>'$.op') = 'd' THEN coalesce(value->'$.payload.before', value->'$.before')
          ELSE coalesce(value->'$.payload.after', value->'$.after') END AS VARCHAR)
        """,
        "coalesce(value->>'$.payload.op', value->>'$.op') = 'd'"
    );

    /// <summary>That of a format.</summary>
    public static EventEnvelope Of(EventFormat format) =>
        format switch
        {
            EventFormat.CloudEvents => CloudEvent,
            EventFormat.Debezium => Debezium,
            _ => Plain,
        };
}
