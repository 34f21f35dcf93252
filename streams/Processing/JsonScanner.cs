using System.Buffers;

namespace ServerlessHub.Streams.Processing;

/// <summary>
/// Goes through a text that is known to be JSON, without checking it again. In a text that is none it may end anywhere, with an exception of the span's.
/// </summary>
internal ref struct JsonScanner(ReadOnlySpan<byte> json)
{
    private static readonly SearchValues<byte> Structure = SearchValues.Create("\"{}[]"u8);
    private static readonly SearchValues<byte> ScalarEnds = SearchValues.Create(",}] \t\r\n"u8);

    private readonly ReadOnlySpan<byte> _json = json;

    /// <summary>Where it stands.</summary>
    public int Position { get; private set; }

    /// <summary>The first byte of what comes next, which tells what it is; white space is passed over.</summary>
    public byte Peek()
    {
        while (_json[Position] is (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n')
            Position++;
        return _json[Position];
    }

    /// <summary>Passes over a byte of the structure.</summary>
    public byte Next()
    {
        var next = Peek();
        Position++;
        return next;
    }

    /// <summary>Passes over a text, a member's name for one.</summary>
    /// <param name="isEscaped">Whether there are escapes in it.</param>
    /// <returns>What is between the quotes, as it stands there.</returns>
    public ReadOnlySpan<byte> Text(out bool isEscaped)
    {
        var start = ++Position;
        isEscaped = false;
        while (true)
        {
            Position += _json[Position..].IndexOfAny((byte)'"', (byte)'\\');
            if (_json[Position] == '"')
                return _json[start..Position++];
            isEscaped = true;
            Position += 2;
        }
    }

    /// <summary>Passes over a number or a word.</summary>
    public ReadOnlySpan<byte> Scalar()
    {
        var rest = _json[Position..];
        var length = rest.IndexOfAny(ScalarEnds);
        var scalar = length < 0 ? rest : rest[..length];
        Position += scalar.Length;
        return scalar;
    }

    /// <summary>Passes over a value.</summary>
    /// <returns>It, as it stands there.</returns>
    public ReadOnlySpan<byte> Value()
    {
        var first = Peek();
        var start = Position;
        if (first == '"')
            Text(out _);
        else if (first is (byte)'{' or (byte)'[')
            Nested();
        else
            Scalar();
        return _json[start..Position];
    }

    private void Nested()
    {
        var depth = 0;
        do
        {
            Position += _json[Position..].IndexOfAny(Structure);
            switch (_json[Position])
            {
                case (byte)'"':
                    Text(out _);
                    continue;
                case (byte)'{' or (byte)'[':
                    depth++;
                    break;
                default:
                    depth--;
                    break;
            }
            Position++;
        } while (depth > 0);
    }
}
