using Confluent.Kafka;

namespace ServerlessHub.Streams.Kafka;

/// <summary>A message's key or value, copied from the client's memory into a buffer that the next message's replaces: no message has an array of its own.</summary>
internal sealed class MessageBytes : IDeserializer<MessageBytes>
{
    /// <summary>A buffer that one large message has made grow is not kept.</summary>
    private const int Kept = 1 << 20;

    private byte[] _bytes = [];
    private int _length;

    /// <summary>The bytes.</summary>
    public ReadOnlySpan<byte> Bytes => _bytes.AsSpan(0, _length);

    /// <summary>Whether the message has one.</summary>
    public bool IsThere { get; private set; }

    /// <inheritdoc/>
    public MessageBytes Deserialize(ReadOnlySpan<byte> data, bool isNull, SerializationContext context)
    {
        if (_bytes.Length < data.Length || (_bytes.Length > Kept && data.Length <= Kept))
            _bytes = new byte[Math.Max(1_024, data.Length)];
        data.CopyTo(_bytes);
        (_length, IsThere) = (data.Length, !isNull);
        return this;
    }
}
