using System.Globalization;
using System.Text;

namespace ServerlessHub.Pipelines.Masking;

/// <summary>Puts <c>***</c> for a value, whatever its length, and keeps its last characters after that. A value that has no more characters than
/// would be kept keeps none.</summary>
internal sealed class RedactMask(int keepLast) : Mask
{
    private char[] characters = [];

    public override void Apply(ByteVector values, ByteVector masked)
    {
        masked.Clear();
        for (var i = 0; i < values.Count; i++)
        {
            if (values.IsNull(i))
            {
                masked.AddNull();
                continue;
            }
            var kept = Kept(values[i]);
            var target = masked.Add(3 + kept.Length);
            "***"u8.CopyTo(target);
            kept.CopyTo(target[3..]);
        }
    }

    private ReadOnlySpan<byte> Kept(ReadOnlySpan<byte> value)
    {
        if (keepLast == 0 || value.Length <= keepLast)
            return [];
        // In printable ASCII, a byte is a character.
        return value.ContainsAnyExceptInRange((byte)' ', (byte)'~') ? KeptElements(value) : value[^keepLast..];
    }

    private ReadOnlySpan<byte> KeptElements(ReadOnlySpan<byte> value)
    {
        Buffers.Grow(ref characters, value.Length);
        var text = characters.AsSpan(0, Encoding.UTF8.GetChars(value, characters));
        var total = 0;
        for (var rest = (ReadOnlySpan<char>)text; !rest.IsEmpty; total++)
            rest = rest[StringInfo.GetNextTextElementLength(rest)..];
        if (total <= keepLast)
            return [];
        var tail = (ReadOnlySpan<char>)text;
        for (var skipped = 0; skipped < total - keepLast; skipped++)
            tail = tail[StringInfo.GetNextTextElementLength(tail)..];
        return value[^Encoding.UTF8.GetByteCount(tail)..];
    }
}
