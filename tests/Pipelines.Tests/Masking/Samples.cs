using System.Text;
using FsCheck;
using FsCheck.Fluent;
using ServerlessHub.Pipelines.Masking;

namespace ServerlessHub.Pipelines.Tests.Masking;

/// <summary>Keys and values that the tests of masks share.</summary>
internal static class Samples
{
    public const string KeyText = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
    public const string OtherKeyText = "IIECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

    public static MaskKeys Key { get; } = MaskKeys.Parse(KeyText);

    public static MaskKeys OtherKey { get; } = MaskKeys.Parse(OtherKeyText);

    private const string Characters = "0123456789abcxyzABCXYZ -_.@/éßÉñŸāĀжЖёЁωΩάΆאبあア漢字한글０ａＡ,:€🙂";

    /// <summary>Strings with all that a token keeping the format knows: mostly short, now and then long.</summary>
    public static Gen<string> Text { get; } =
        Gen.Elements(Characters.EnumerateRunes().ToArray()).ArrayOf().Select(runes => string.Concat(runes));

    /// <summary>Any Unicode text, whatever its script.</summary>
    public static Gen<string> AnyText { get; } =
        Gen.Choose(0, 0x10FFFF)
            .Where(value => Rune.IsValid(value))
            .Select(value => new Rune(value))
            .ArrayOf()
            .Select(runes => string.Concat(runes));

    public static ByteVector Vector(IEnumerable<string?> values)
    {
        var vector = new ByteVector();
        foreach (var value in values)
        {
            if (value is null)
                vector.AddNull();
            else
                vector.Add(Encoding.UTF8.GetBytes(value));
        }
        return vector;
    }

    public static string?[] Strings(ByteVector vector) =>
        [.. Enumerable.Range(0, vector.Count).Select(i => vector.IsNull(i) ? null : Encoding.UTF8.GetString(vector[i]))];

    public static string?[] Apply(Mask mask, params IEnumerable<string?> values)
    {
        var result = new ByteVector();
        mask.Apply(Vector(values), result);
        return Strings(result);
    }

    public static string?[] Undo(Mask mask, params IEnumerable<string?> values)
    {
        var result = new ByteVector();
        mask.Undo(Vector(values), result);
        return Strings(result);
    }
}
