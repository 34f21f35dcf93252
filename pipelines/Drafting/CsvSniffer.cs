using System.Globalization;
using System.Text.RegularExpressions;

namespace ServerlessHub.Pipelines.Drafting;

/// <summary>How a CSV file is written, as far as a sample tells.</summary>
/// <param name="Delimiter">What separates fields.</param>
/// <param name="Quote">What encloses a field.</param>
/// <param name="Header">Whether the first line names the columns.</param>
/// <param name="Columns">The columns' names: the header's, else <c>column_1</c> and so on.</param>
/// <param name="Records">The first records, without the header.</param>
public sealed record CsvDialect(
    Guess<char> Delimiter,
    Guess<char> Quote,
    Guess<bool> Header,
    IReadOnlyList<string> Columns,
    IReadOnlyList<IReadOnlyList<string>> Records
);

/// <summary>Guesses delimiter, quote and header of a CSV file: the delimiter is the one with which most lines have the same number of fields.</summary>
internal static partial class CsvSniffer
{
    private const int SampleRecords = 500;
    private static readonly char[] Delimiters = [',', ';', '\t', '|'];

    /// <summary>Guesses from the beginning of the file; null when there is not one record in it.</summary>
    /// <param name="text">The beginning of the file.</param>
    /// <param name="isWhole">Whether it is all of it.</param>
    public static CsvDialect? Sniff(string text, bool isWhole)
    {
        var quote = QuoteOf(text);
        var tried = Delimiters.Select(d => Try(text, d, quote.Value, isWhole)).OrderByDescending(t => t.Score).ToArray();
        var best = tried[0];
        if (best.Records.Count == 0)
            return null;
        var delimiter =
            best.Fields < 2
                ? new Guess<char>(',', 0.5, "every line is one field")
                : new Guess<char>(
                    best.Delimiter,
                    best.Consistency * Margin(best, tried[1]),
                    $"{best.Consistency:P0} of the lines have {best.Fields} fields"
                );
        var header = HeaderOf(best.Records);
        var columns = header.Value ? best.Records[0] : [.. Enumerable.Range(1, best.Fields).Select(i => $"column_{i}")];
        return new CsvDialect(delimiter, quote, header, columns, header.Value ? best.Records[1..] : best.Records);
    }

    private static Attempt Try(string text, char delimiter, char quote, bool isWhole)
    {
        var records = CsvText.Records(text, delimiter, quote, SampleRecords, isWhole);
        if (records.Count == 0)
            return new Attempt(delimiter, records, 0, 0);
        var usual = records.GroupBy(r => r.Length).MaxBy(g => (g.Count(), g.Key))!;
        return new Attempt(delimiter, records, usual.Key, (double)usual.Count() / records.Count);
    }

    // A runner-up that splits the lines almost as well makes the winner less certain.
    private static double Margin(Attempt best, Attempt second) =>
        second.Fields < 2 ? 1 : 1 - (0.5 * second.Score / best.Score * second.Consistency);

    private static Guess<char> QuoteOf(string text)
    {
        var singles = SingleQuoted().Count(text);
        return singles > 2 && singles > 2 * DoubleQuoted().Count(text)
            ? new Guess<char>('\'', 0.8, "fields stand in single quotes")
            : new Guess<char>(
                '"',
                text.Contains('"', StringComparison.Ordinal) ? 0.99 : 0.9,
                text.Contains('"', StringComparison.Ordinal) ? "fields stand in double quotes" : "the default; no field is quoted"
            );
    }

    private static Guess<bool> HeaderOf(List<string[]> records)
    {
        var first = records[0];
        if (first.Any(string.IsNullOrWhiteSpace) || first.Distinct(StringComparer.OrdinalIgnoreCase).Count() < first.Length)
            return new Guess<bool>(false, 0.8, "the first line has empty or equal fields");
        if (first.Any(IsValue))
            return new Guess<bool>(false, 0.95, "the first line holds numbers or dates");
        var rest = records.Skip(1).Where(r => r.Length == first.Length).ToList();
        if (Enumerable.Range(0, first.Length).Any(i => rest.Count > 0 && rest.Count(r => IsValue(r[i])) > rest.Count / 2))
            return new Guess<bool>(true, 0.99, "the first line is text where the others hold numbers or dates");
        return first.All(f => Name().IsMatch(f))
            ? new Guess<bool>(true, rest.Count == 0 ? 0.6 : 0.8, "the fields of the first line look like names")
            : new Guess<bool>(false, 0.6, "the first line does not look like names");
    }

    private static bool IsValue(string field) =>
        double.TryParse(field, NumberStyles.Float, CultureInfo.InvariantCulture, out _) || StartsWithDate().IsMatch(field);

    private sealed record Attempt(char Delimiter, List<string[]> Records, int Fields, double Consistency)
    {
        // Consistency decides; among equals the one that splits into more fields.
        public double Score => Fields < 2 ? 0 : Math.Pow(Consistency, 4) * (1 - (1.0 / Fields));
    }

    [GeneratedRegex(@"(?<=^|[,;\t|])'[^'\r\n]*'(?=[,;\t|\r\n]|$)", RegexOptions.Multiline)]
    private static partial Regex SingleQuoted();

    [GeneratedRegex(@"(?<=^|[,;\t|])""[^""\r\n]*""(?=[,;\t|\r\n]|$)", RegexOptions.Multiline)]
    private static partial Regex DoubleQuoted();

    [GeneratedRegex(@"^\s*(\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4})")]
    private static partial Regex StartsWithDate();

    [GeneratedRegex(@"^\s*\p{L}[\p{L}\p{N}_ .#/()%-]{0,60}$")]
    private static partial Regex Name();
}
