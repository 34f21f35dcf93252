using System.Globalization;
using System.Text;

namespace ServerlessHub.Engine;

/// <summary>Reads a type from its SQL spelling, by recursive descent.</summary>
internal sealed class LogicalTypeParser(string text)
{
    // A document's schema may come from anywhere; nesting beyond this is an attack, not a type.
    private const int MaxDepth = 100;

    private int _at;
    private int _depth;

    public LogicalType Parse()
    {
        var type = Type();
        Blanks();
        return _at == text.Length ? type : throw Error("the end of the type");
    }

    private LogicalType Type()
    {
        if (++_depth > MaxDepth)
            throw Error($"at most {MaxDepth} types inside each other");

        var type = Named();
        while (Take('['))
        {
            type = Take(']') ? LogicalType.List(type) : LogicalType.Array(type, Number(1, 100_000));
            if (type.Kind == TypeKind.Array)
                Expect(']');
        }
        _depth--;
        return type;
    }

    private LogicalType Named()
    {
        Blanks();
        var start = _at;
        if (Peek() == '"')
        {
            return Quoted('"') == "NULL" ? LogicalType.Null : throw Error("a type", start);
        }

        var name = Word("a type").ToUpperInvariant();
        switch (name)
        {
            case "DECIMAL" or "NUMERIC" or "DEC":
                return DecimalType();
            case "STRUCT" or "ROW":
                return LogicalType.Struct(Fields());
            case "UNION":
                return LogicalType.Union(Fields());
            case "MAP":
                return MapType();
            case "ENUM":
                return LogicalType.Enum(Texts());
            case "TIMESTAMP" or "TIME" when TakeWord("WITH"):
                ExpectWord("TIME");
                ExpectWord("ZONE");
                return name == "TIME" ? LogicalType.TimeTz : LogicalType.TimestampTz;
            case "TIMESTAMP" or "TIME" when TakeWord("WITHOUT"):
                ExpectWord("TIME");
                ExpectWord("ZONE");
                return name == "TIME" ? LogicalType.Time : LogicalType.Timestamp;
            case "DOUBLE":
                TakeWord("PRECISION");
                return LogicalType.Double;
            case "VARCHAR" or "CHAR" or "TEXT" or "NVARCHAR" or "BPCHAR" or "STRING" when Take('('):
                // DuckDB takes a length and keeps none.
                Number(1, int.MaxValue);
                Expect(')');
                return LogicalType.Varchar;
        }
        return LogicalTypeText.Names.TryGetValue(name, out var type) ? type : throw Error("a type", start);
    }

    private LogicalType DecimalType()
    {
        if (!Take('('))
            return LogicalType.Decimal(18, 3);

        var width = Number(1, 38);
        var scale = Take(',') ? Number(0, width) : 0;
        Expect(')');
        return LogicalType.Decimal(width, scale);
    }

    private LogicalType MapType()
    {
        Expect('(');
        var key = Type();
        Expect(',');
        var value = Type();
        Expect(')');
        return LogicalType.Map(key, value);
    }

    private List<Column> Fields()
    {
        var fields = new List<Column>();
        Expect('(');
        do
        {
            Blanks();
            var name = Peek() == '"' ? Quoted('"') : Word("a field name");
            fields.Add(new(name, Type()));
        } while (Take(','));
        Expect(')');
        return fields;
    }

    private List<string> Texts()
    {
        var texts = new List<string>();
        Expect('(');
        do
        {
            Blanks();
            texts.Add(Peek() == '\'' ? Quoted('\'') : throw Error("a text in single quotes"));
        } while (Take(','));
        Expect(')');
        return texts;
    }

    private string Quoted(char quote)
    {
        var content = new StringBuilder();
        for (_at++; _at < text.Length; _at++)
        {
            if (text[_at] != quote)
            {
                content.Append(text[_at]);
            }
            else if (_at + 1 < text.Length && text[_at + 1] == quote)
            {
                content.Append(text[_at++]);
            }
            else
            {
                _at++;
                return content.ToString();
            }
        }
        throw Error($"a closing {quote}");
    }

    private string Word(string expected)
    {
        Blanks();
        var start = _at;
        while (_at < text.Length && (char.IsLetterOrDigit(text[_at]) || text[_at] is '_' or '$'))
            _at++;
        return _at > start ? text[start.._at] : throw Error(expected);
    }

    private bool TakeWord(string word)
    {
        Blanks();
        var end = _at + word.Length;
        if (
            end > text.Length
            || !text.AsSpan(_at, word.Length).Equals(word, StringComparison.OrdinalIgnoreCase)
            || (end < text.Length && char.IsLetterOrDigit(text[end]))
        )
            return false;

        _at = end;
        return true;
    }

    private void ExpectWord(string word)
    {
        if (!TakeWord(word))
            throw Error(word);
    }

    private int Number(int min, int max)
    {
        Blanks();
        var start = _at;
        while (_at < text.Length && char.IsAsciiDigit(text[_at]))
            _at++;
        return int.TryParse(text.AsSpan(start, _at - start), CultureInfo.InvariantCulture, out var number) && number >= min && number <= max
            ? number
            : throw Error($"a number from {min} to {max}", start);
    }

    private bool Take(char wanted)
    {
        Blanks();
        if (Peek() != wanted)
            return false;

        _at++;
        return true;
    }

    private void Expect(char wanted)
    {
        if (!Take(wanted))
            throw Error($"'{wanted}'");
    }

    private char Peek() => _at < text.Length ? text[_at] : '\0';

    private void Blanks()
    {
        while (_at < text.Length && char.IsWhiteSpace(text[_at]))
            _at++;
    }

    private FormatException Error(string expected, int? at = null) =>
        new($"'{text}' is not a type: expected {expected} at character {(at ?? _at) + 1}.");
}
