using System.Buffers;
using System.Globalization;
using System.Text;

namespace ServerlessHub.Pipelines.Masking;

/// <summary>The letters and digits of a vector's values, each as its class and its place in that class, apart from all that stays as it is.</summary>
internal sealed class SymbolVector
{
    /// <summary>How many letters and digits a value may have: the arithmetic grows with the square of it, and what is longer is prose.</summary>
    public const int MaximumLength = 1024;

    private byte[] kinds = [];
    private int[] digits = [];
    private int[] offsets = [];
    private int[] starts = [];
    private int used;

    /// <summary>The classes of all symbols, one value after the other.</summary>
    public ReadOnlySpan<byte> AllKinds => kinds;

    /// <summary>How many values there are.</summary>
    public int Count { get; private set; }

    /// <summary>Where a value's symbols start among all.</summary>
    public int Start(int value) => starts[value];

    /// <summary>The classes of a value's symbols.</summary>
    public ReadOnlySpan<byte> Kinds(int value) => kinds.AsSpan(starts[value], starts[value + 1] - starts[value]);

    /// <summary>The places of a value's symbols in their classes.</summary>
    public Span<int> Digits(int value) => digits.AsSpan(starts[value], starts[value + 1] - starts[value]);

    /// <summary>Takes values apart.</summary>
    /// <exception cref="MaskException">A value is not UTF-8, is too long, or has a letter that is in no class and would stay readable.</exception>
    public void Read(ByteVector values)
    {
        Buffers.Grow(ref starts, values.Count + 1);
        Buffers.Grow(ref kinds, values.Length);
        Buffers.Grow(ref digits, values.Length);
        Buffers.Grow(ref offsets, values.Length);
        used = 0;
        Count = values.Count;
        for (var i = 0; i < values.Count; i++)
        {
            starts[i] = used;
            Read(values[i]);
            if (used - starts[i] > MaximumLength)
                throw new MaskException(
                    $"A value has more than {MaximumLength} letters and digits; format=\"preserve\" is for identifiers. Leave it out for texts."
                );
        }
        starts[Count] = used;
    }

    /// <summary>Puts the values together again, with the symbols as they are now.</summary>
    public void Write(ByteVector values, ByteVector output)
    {
        output.Clear();
        for (var i = 0; i < values.Count; i++)
        {
            if (values.IsNull(i))
            {
                output.AddNull();
                continue;
            }
            var target = output.Add(values[i].Length);
            values[i].CopyTo(target);
            for (var k = starts[i]; k < starts[i + 1]; k++)
                Write(k, target[offsets[k]..]);
        }
    }

    private void Read(ReadOnlySpan<byte> value)
    {
        for (var offset = 0; offset < value.Length; )
        {
            int kind,
                digit;
            var length = 1;
            if (value[offset] < 0x80)
                Alphabets.TryFind(value[offset], out kind, out digit);
            else
                length = ReadRune(value[offset..], out kind, out digit);
            if (kind >= 0)
            {
                kinds[used] = (byte)kind;
                digits[used] = digit;
                offsets[used++] = offset;
            }
            offset += length;
        }
    }

    private static int ReadRune(ReadOnlySpan<byte> text, out int kind, out int digit)
    {
        if (Rune.DecodeFromUtf8(text, out var rune, out var length) != OperationStatus.Done)
            throw new MaskException("A value is not valid UTF-8.");
        if (!Alphabets.TryFind(rune, out kind, out digit) && !Stays(rune))
        {
            throw new MaskException(
                "A value has a letter or digit of a script that format=\"preserve\" has no replacement for, and it must not stay readable. Leave format out, or choose another strategy."
            );
        }
        return length;
    }

    private void Write(int symbol, Span<byte> target) => Alphabets.Character(kinds[symbol], digits[symbol]).EncodeToUtf8(target);

    private static bool Stays(Rune rune) =>
        !Rune.IsLetter(rune)
        && !Rune.IsNumber(rune)
        && Rune.GetUnicodeCategory(rune) is not (UnicodeCategory.OtherNotAssigned or UnicodeCategory.PrivateUse);
}
