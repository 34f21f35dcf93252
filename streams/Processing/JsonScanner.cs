using System.Buffers;
using System.Text;

namespace ServerlessHub.Streams.Processing;

/// <summary>
/// Goes through a JSON text, and tells at its end whether it is one. It takes what the engine's parser takes: beside JSON as RFC 8259 has it a comma
/// behind the last element, and <c>NaN</c> and <c>Infinity</c>; but nothing that is nested deeper than <see cref="MostDepth"/>.
/// </summary>
internal ref struct JsonScanner(ReadOnlySpan<byte> json)
{
    /// <summary>Deeper than this no event is, but one that is to break its readers.</summary>
    public const int MostDepth = 500;

    /// <summary>What ends a run of plain characters in a text; control characters may not stand there.</summary>
    private static readonly SearchValues<byte> TextEnds = SearchValues.Create([
        (byte)'"',
        (byte)'\\',
        .. Enumerable.Range(0, ' ').Select(c => (byte)c),
    ]);

    private readonly ReadOnlySpan<byte> _json = json;
    private bool _isWrong;

    /// <summary>Where it stands.</summary>
    public int Position { get; private set; }

    /// <summary>Whether it stands at the end, and all of the text was JSON.</summary>
    public bool IsAtEndOfJson => Peek() == 0 && Position == _json.Length && !_isWrong;

    /// <summary>The first byte of what comes next, which tells what it is; white space is passed over. 0 at the end.</summary>
    public byte Peek()
    {
        for (; Position < _json.Length; Position++)
            if (_json[Position] is not ((byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n'))
                return _json[Position];
        return 0;
    }

    /// <summary>Passes over the brace or bracket that begins an object or a list.</summary>
    /// <param name="end">The one that ends it.</param>
    /// <returns>Whether it holds anything; if not, it is passed over.</returns>
    public bool Enter(byte end)
    {
        Position++;
        if (Peek() != end)
            return true;
        Position++;
        return false;
    }

    /// <summary>Passes over what stands behind an element: a comma, or the end of the object or list.</summary>
    /// <param name="end">What ends it.</param>
    /// <returns>Whether another element follows.</returns>
    public bool GoesOn(byte end)
    {
        var next = Peek();
        if (next == ',')
            return Enter(end);
        if (next == end)
            Position++;
        else
            Stop();
        return false;
    }

    /// <summary>Passes over the colon behind a member's name.</summary>
    public void Colon()
    {
        if (Peek() == ':')
            Position++;
        else
            Stop();
    }

    /// <summary>Passes over bytes, if just these come next.</summary>
    public bool TryPass(ReadOnlySpan<byte> bytes)
    {
        if (!_json[Position..].StartsWith(bytes))
            return false;
        Position += bytes.Length;
        return true;
    }

    /// <summary>Passes over a text, a member's name for one.</summary>
    /// <param name="isEscaped">Whether there are escapes in it.</param>
    /// <returns>What is between the quotes, as it stands there.</returns>
    public ReadOnlySpan<byte> Text(out bool isEscaped)
    {
        isEscaped = false;
        if (Peek() != '"')
            return Stop();
        var start = ++Position;
        while (true)
        {
            var plain = _json[Position..].IndexOfAny(TextEnds);
            if (plain < 0)
                return Stop();
            Position += plain;
            if (_json[Position] == '"')
                return _json[start..Position++];
            if (!TryPassEscape())
                return Stop();
            isEscaped = true;
        }
    }

    /// <summary>Passes over a number or a word.</summary>
    public ReadOnlySpan<byte> Scalar()
    {
        var start = Position;
        return TryPass("true"u8) || TryPass("false"u8) || TryPass("null"u8) || TryPassNumber() ? _json[start..Position] : Stop();
    }

    /// <summary>Passes over a value.</summary>
    /// <returns>It, as it stands there.</returns>
    public ReadOnlySpan<byte> Value()
    {
        Peek();
        var start = Position;
        Pass(depth: 0);
        return _isWrong ? default : _json[start..Position];
    }

    private void Pass(int depth)
    {
        switch (Peek())
        {
            case (byte)'"':
                Text(out _);
                break;
            case (byte)'{' or (byte)'[' when depth == MostDepth:
                Stop();
                break;
            case (byte)'{':
                if (Enter((byte)'}'))
                    do
                    {
                        Text(out _);
                        Colon();
                        Pass(depth + 1);
                    } while (GoesOn((byte)'}'));
                break;
            case (byte)'[':
                if (Enter((byte)']'))
                    do Pass(depth + 1);
                    while (GoesOn((byte)']'));
                break;
            default:
                Scalar();
                break;
        }
    }

    private bool TryPassNumber()
    {
        TryPass("-"u8);
        if (!TryPass("0"u8) && !TryPassDigits())
            return TryPassWord("infinity"u8) || TryPassWord("inf"u8) || TryPassWord("nan"u8);
        if (TryPass("."u8) && !TryPassDigits())
            return false;
        if (!TryPass("e"u8) && !TryPass("E"u8))
            return true;
        _ = TryPass("+"u8) || TryPass("-"u8);
        return TryPassDigits();
    }

    private bool TryPassDigits()
    {
        var start = Position;
        while (Position < _json.Length && char.IsAsciiDigit((char)_json[Position]))
            Position++;
        return Position > start;
    }

    /// <summary>Likewise, in upper or lower case.</summary>
    private bool TryPassWord(ReadOnlySpan<byte> word)
    {
        var rest = _json[Position..];
        if (rest.Length < word.Length || !Ascii.EqualsIgnoreCase(rest[..word.Length], word))
            return false;
        Position += word.Length;
        return true;
    }

    private bool TryPassEscape()
    {
        var rest = _json[Position..];
        if (rest is [(byte)'\\', (byte)'"' or (byte)'\\' or (byte)'/' or (byte)'b' or (byte)'f' or (byte)'n' or (byte)'r' or (byte)'t', ..])
        {
            Position += 2;
            return true;
        }
        if (!TryReadUnit(rest, out var unit) || char.IsLowSurrogate(unit))
            return false;
        Position += 6;
        if (!char.IsHighSurrogate(unit))
            return true;
        if (!TryReadUnit(rest[6..], out var low) || !char.IsLowSurrogate(low))
            return false;
        Position += 6;
        return true;
    }

    /// <summary>Reads <c>\u0041</c>.</summary>
    private static bool TryReadUnit(ReadOnlySpan<byte> text, out char unit)
    {
        unit = '\0';
        if (text.Length < 6 || text[0] != '\\' || text[1] != 'u')
            return false;
        foreach (var digit in text[2..6])
        {
            if (!char.IsAsciiHexDigit((char)digit))
                return false;
            unit = (char)((unit << 4) | (char.IsAsciiDigit((char)digit) ? digit - '0' : (digit | 0x20) - 'a' + 10));
        }
        return true;
    }

    /// <summary>It is no JSON: nothing more of it is looked at.</summary>
    private ReadOnlySpan<byte> Stop()
    {
        (_isWrong, Position) = (true, _json.Length);
        return default;
    }
}
