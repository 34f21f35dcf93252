using System.Text;

namespace ServerlessHub.Host.Tests.Samples;

/// <summary>A CSV file with a header, read in the plainest way, so that what the hub makes of it can be compared with something else than itself.</summary>
internal static class PlainCsv
{
    /// <summary>The records by column; an empty field that is not quoted is null.</summary>
    public static List<Dictionary<string, string?>> Read(Stream stream, char delimiter = ',', Encoding? encoding = null)
    {
        using var reader = new StreamReader(stream, encoding ?? Encoding.UTF8);
        var records = Records(reader.ReadToEnd(), delimiter).ToList();
        return [.. records.Skip(1).Select(r => records[0].Zip(r).ToDictionary(p => p.First!, p => p.Second))];
    }

    private static IEnumerable<List<string?>> Records(string text, char delimiter)
    {
        var record = new List<string?>();
        for (var at = 0; at < text.Length; at++)
        {
            var field = new StringBuilder();
            var quoted = text[at] == '"';
            if (quoted)
                for (at++; text[at] != '"' || (at + 1 < text.Length && text[at + 1] == '"' && text[++at] == '"'); at++)
                    field.Append(text[at]);
            for (at += quoted ? 1 : 0; at < text.Length && text[at] != delimiter && text[at] != '\n'; at++)
                field.Append(text[at]);
            record.Add(field.Length > 0 || quoted ? field.ToString() : null);
            if (at < text.Length && text[at] == delimiter)
                continue;
            yield return record;
            record = [];
        }
    }
}
