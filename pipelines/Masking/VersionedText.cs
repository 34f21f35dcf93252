using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace ServerlessHub.Pipelines.Masking;

/// <summary>The printable form of bytes that somebody will want to undo: a scheme, the key's version, the bytes in base64url, as in
/// <c>tok:v3:Zm9v</c>.</summary>
internal sealed class VersionedText(string scheme)
{
    private readonly byte[] start = Encoding.ASCII.GetBytes(scheme + ":v");

    /// <summary>What stands before the bytes, for a version of the key.</summary>
    public byte[] Prefix(int version) => Encoding.ASCII.GetBytes($"{scheme}:v{version}:");

    /// <summary>Appends bytes in printable form.</summary>
    public static void Write(ReadOnlySpan<byte> prefix, ReadOnlySpan<byte> bytes, ByteVector output)
    {
        var target = output.Add(prefix.Length + Base64Url.GetEncodedLength(bytes.Length));
        prefix.CopyTo(target);
        Base64Url.EncodeToUtf8(bytes, target[prefix.Length..]);
    }

    /// <summary>The key version of a printable form, whose bytes are appended.</summary>
    /// <exception cref="MaskException">The text is not of this form.</exception>
    public int Read(ReadOnlySpan<byte> text, ByteVector bytes)
    {
        var colon = text.StartsWith(start) ? text[start.Length..].IndexOf((byte)':') : -1;
        if (
            colon < 0
            || !int.TryParse(text.Slice(start.Length, colon), NumberStyles.None, CultureInfo.InvariantCulture, out var version)
            || !Base64Url.IsValid(text[(start.Length + colon + 1)..], out var length)
        )
            throw new MaskException($"A value is not of the form {scheme}:v1:…, so this strategy did not make it.");
        Base64Url.DecodeFromUtf8(text[(start.Length + colon + 1)..], bytes.Add(length));
        return version;
    }

    /// <summary>Says that a value does not prove to be what the key made of one.</summary>
    public static MaskException NotAuthentic(int version) =>
        new($"A value is not what version {version} of this key made: it was changed since, or made with another key.");
}
