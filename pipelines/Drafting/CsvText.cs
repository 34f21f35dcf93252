using System.Text;

namespace ServerlessHub.Pipelines.Drafting;

/// <summary>Splits the beginning of a CSV text into records, as RFC 4180 has it.</summary>
internal static class CsvText
{
    /// <summary>Its first records. One that the sample cuts off is left out, blank lines too.</summary>
    /// <param name="text">The text.</param>
    /// <param name="delimiter">What separates fields.</param>
    /// <param name="quote">What encloses a field, doubled where it is meant.</param>
    /// <param name="limit">How many records at most.</param>
    /// <param name="isWhole">Whether the text ends where the file does, so that its last line counts without a line end.</param>
    public static List<string[]> Records(string text, char delimiter, char quote, int limit, bool isWhole)
    {
        var records = new List<string[]>();
        var fields = new List<string>();
        var field = new StringBuilder();
        var quoted = false;
        var wasQuoted = false;
        for (var i = 0; i < text.Length && records.Count < limit; i++)
        {
            var c = text[i];
            if (quoted)
            {
                if (c != quote)
                    field.Append(c);
                else if (i + 1 < text.Length && text[i + 1] == quote)
                    field.Append(text[++i]);
                else
                    quoted = false;
            }
            else if (c == quote && field.Length == 0 && !wasQuoted)
                quoted = wasQuoted = true;
            else if (c == delimiter)
                EndField();
            else if (c is '\n' or '\r')
            {
                if (c == '\r' && i + 1 < text.Length && text[i + 1] == '\n')
                    i++;
                EndRecord();
            }
            else
                field.Append(c);
        }
        if (isWhole && !quoted && records.Count < limit && (fields.Count > 0 || field.Length > 0 || wasQuoted))
            EndRecord();
        return records;

        void EndField()
        {
            fields.Add(field.ToString());
            field.Clear();
            wasQuoted = false;
        }

        void EndRecord()
        {
            var blank = fields.Count == 0 && field.Length == 0 && !wasQuoted;
            EndField();
            if (!blank)
                records.Add([.. fields]);
            fields.Clear();
        }
    }
}
