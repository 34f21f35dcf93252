using System.Text;

namespace ServerlessHub.Pipelines.Definitions;

/// <summary>
/// Finds the parameters <c>:name</c> of an SQL text. A colon that means something else is left alone: in a string, a quoted name or a comment, in
/// <c>a::int</c>, <c>f(a := 1)</c>, <c>list[1:n]</c>, <c>{'a':b}</c>, <c>alias:b</c> and <c>lambda x:x + 1</c>. Where both could be meant, as in
/// <c>list[1:n]</c>, put a parameter in parentheses: <c>list[1:(:n)]</c>.
/// </summary>
public static class SqlParameters
{
    /// <summary>The parameters in the order of the text; one that comes twice is there twice.</summary>
    public static IReadOnlyList<SqlParameter> Find(string sql) => new Scanner(sql).Scan();

    /// <summary>The text with each parameter replaced by what a function makes of its name.</summary>
    public static string Replace(string sql, Func<string, string> replacement)
    {
        var result = new StringBuilder(sql.Length);
        var position = 0;
        foreach (var parameter in Find(sql))
        {
            result.Append(sql, position, parameter.Start - position).Append(replacement(parameter.Name));
            position = parameter.Start + parameter.Length;
        }
        return result.Append(sql, position, sql.Length - position).ToString();
    }

    private ref struct Scanner(string sql)
    {
        // Words after which an operand begins, so that a colon there is a parameter's.
        private static readonly HashSet<string> Operators = new(
            (
                "ALL AND ANY ARRAY AS ASOF BETWEEN BY CASE COLLATE CROSS DISTINCT ELSE ESCAPE EXCEPT FILTER FOR FROM FULL GLOB GROUP HAVING ILIKE IN INNER "
                + "INTERSECT INTERVAL IS JOIN LEFT LIKE LIMIT NOT OFFSET ON OR ORDER OUTER OVER PARTITION QUALIFY RIGHT SELECT SET SIMILAR SOME THEN "
                + "TO UNION USING VALUES WHEN WHERE"
            ).Split(' '),
            StringComparer.OrdinalIgnoreCase
        );

        private readonly string sql = sql;
        private readonly List<SqlParameter> found = [];

        // What is open: '(', '[' for a list, 's' for a subscript, '{' for a struct or map.
        private readonly Stack<char> open = new();
        private int at;
        private int operandEnd = -1;
        private int subscriptStart = -1;
        private bool afterOperand;

        public List<SqlParameter> Scan()
        {
            while (at < sql.Length)
                Next();
            return found;
        }

        private void Next()
        {
            var c = sql[at];
            if (char.IsWhiteSpace(c))
                at++;
            else if (c == '-' && Peek(1) == '-')
                at = EndOf("\n", at + 2);
            else if (c == '/' && Peek(1) == '*')
                SkipComment();
            else if (c is '\'' or '"' or '`')
                SkipQuoted(c, withBackslash: false);
            else if (c == '$' && DollarTag() is { } tag)
                Operand(EndOf(tag, at + tag.Length));
            else if (char.IsLetter(c) || c == '_')
                Word();
            else if (char.IsAsciiDigit(c))
                Operand(EndOfWord(at, alsoDot: true));
            else if (c == ':')
                Colon();
            else
                Punctuation(c);
        }

        private void Colon()
        {
            if (Peek(1) is ':' or '=')
            {
                at += 2;
                afterOperand = false;
            }
            else if (IsNameStart(Peek(1)) && !EndsOperand())
            {
                var end = at + 2;
                while (end < sql.Length && (IsNameStart(sql[end]) || char.IsAsciiDigit(sql[end])))
                    end++;
                found.Add(new SqlParameter(sql[(at + 1)..end], at));
                Operand(end);
            }
            else
            {
                at++;
                afterOperand = false;
            }
        }

        // Whether the colon belongs to what is before it: a slice's, a struct's, an alias'.
        private readonly bool EndsOperand()
        {
            var within = open.Count > 0 ? open.Peek() : '(';
            return afterOperand
                ? within != '(' || operandEnd == at
                : within == 's' && sql.AsSpan(subscriptStart, at - subscriptStart).IsWhiteSpace();
        }

        private void Word()
        {
            var end = EndOfWord(at, alsoDot: false);
            var word = sql[at..end];
            if (end < sql.Length && sql[end] == '\'' && word is "e" or "E")
            {
                at = end;
                SkipQuoted('\'', withBackslash: true);
                return;
            }
            Operand(end);
            afterOperand = !Operators.Contains(word);
        }

        private void Punctuation(char c)
        {
            at++;
            if (c is '(' or '{' or '[')
            {
                open.Push(c == '[' && afterOperand ? 's' : c);
                subscriptStart = at;
                afterOperand = false;
            }
            else if (c is ')' or '}' or ']')
            {
                open.TryPop(out _);
                Operand(at);
            }
            else
                afterOperand = false;
        }

        private void Operand(int end)
        {
            at = operandEnd = end;
            afterOperand = true;
        }

        private void SkipQuoted(char quote, bool withBackslash)
        {
            for (at++; at < sql.Length; at++)
                if (withBackslash && sql[at] == '\\')
                    at++;
                else if (sql[at] == quote && Peek(1) == quote)
                    at++;
                else if (sql[at] == quote)
                    break;
            Operand(Math.Min(at + 1, sql.Length));
        }

        private void SkipComment()
        {
            var depth = 0;
            do
            {
                if (sql[at] == '/' && Peek(1) == '*')
                    (depth, at) = (depth + 1, at + 2);
                else if (sql[at] == '*' && Peek(1) == '/')
                    (depth, at) = (depth - 1, at + 2);
                else
                    at++;
            } while (depth > 0 && at < sql.Length);
        }

        private readonly string? DollarTag()
        {
            var end = at + 1;
            while (end < sql.Length && (char.IsLetter(sql[end]) || sql[end] == '_' || (end > at + 1 && char.IsAsciiDigit(sql[end]))))
                end++;
            return end < sql.Length && sql[end] == '$' ? sql[at..(end + 1)] : null;
        }

        private readonly int EndOf(string mark, int from)
        {
            var end = sql.IndexOf(mark, Math.Min(from, sql.Length), StringComparison.Ordinal);
            return end < 0 ? sql.Length : end + mark.Length;
        }

        private readonly int EndOfWord(int from, bool alsoDot)
        {
            while (from < sql.Length && (char.IsLetterOrDigit(sql[from]) || sql[from] is '_' or '$' || (alsoDot && sql[from] == '.')))
                from++;
            return from;
        }

        private readonly char Peek(int ahead) => at + ahead < sql.Length ? sql[at + ahead] : '\0';

        private static bool IsNameStart(char c) => char.IsAsciiLetter(c) || c == '_';
    }
}
