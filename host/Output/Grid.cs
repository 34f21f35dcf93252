using System.Text;
using Spectre.Console.Rendering;

namespace ServerlessHub.Host.Output;

/// <summary>A column of a <see cref="Grid"/>.</summary>
/// <param name="Title">What stands above it.</param>
/// <param name="IsNumeric">Whether its values stand at its right edge.</param>
/// <param name="Subtitle">What stands below the title, such as a type; null for nothing.</param>
internal sealed record GridColumn(string Title, bool IsNumeric = false, string? Subtitle = null);

/// <summary>Rows in columns, made to fit a width: the widest columns of text give way first (a number that is cut is another number), then the last columns are left out, and it says which.</summary>
internal sealed class Grid(IReadOnlyList<GridColumn> columns, IReadOnlyList<IReadOnlyList<string>> rows)
{
    private const int Gap = 2;
    private const int NarrowestColumn = 8;

    /// <summary>The lines of the heading: titles, subtitles if there are some, and a rule.</summary>
    public IReadOnlyList<string> Heading(int width)
    {
        var widths = Fit(width);
        var titles = new List<string> { Line(columns.Select(c => c.Title).ToArray(), widths) };
        if (columns.Any(c => c.Subtitle is not null))
            titles.Add(Line(columns.Select(c => c.Subtitle ?? "").ToArray(), widths));
        return [.. titles, new string('─', widths.Sum() + (Gap * (widths.Count - 1)))];
    }

    /// <summary>A line for each row, and one more that names the columns that found no place.</summary>
    public IEnumerable<string> Body(int width)
    {
        var widths = Fit(width);
        foreach (var row in rows)
            yield return Line(row, widths);
        if (widths.Count < columns.Count)
            yield return Cut(
                $"… and {columns.Count - widths.Count} more: {string.Join(", ", columns.Skip(widths.Count).Select(c => c.Title))}",
                width
            );
    }

    /// <summary>All lines.</summary>
    public IEnumerable<string> Lines(int width) => Heading(width).Concat(Body(width));

    /// <summary>How many cells of a terminal a text takes.</summary>
    public static int CellsOf(string text) => text.Length == 0 ? 0 : new Segment(text).CellCount();

    /// <summary>The text, its end replaced by <c>…</c> if it takes more cells than this.</summary>
    public static string Cut(string text, int cells)
    {
        if (CellsOf(text) <= cells)
            return text;
        var cut = new StringBuilder();
        var used = 0;
        foreach (var rune in text.EnumerateRunes())
        {
            used += CellsOf(rune.ToString());
            if (used > cells - 1)
                break;
            cut.Append(rune);
        }
        return cut.Append('…').ToString();
    }

    private List<int> Fit(int width)
    {
        var widths = columns
            .Select((c, i) => rows.Select(r => CellsOf(Plain(r[i]))).Append(CellsOf(c.Title)).Append(CellsOf(c.Subtitle ?? "")).Max())
            .ToList();
        while (Total(widths) > width && (Narrow(widths, width) || widths.Count > 1 && LeaveOutLast(widths))) { }
        return widths;
    }

    // The widest columns are made as wide as the next widest, or as narrow as it takes.
    private bool Narrow(List<int> widths, int width)
    {
        var texts = Enumerable.Range(0, widths.Count).Where(i => !columns[i].IsNumeric).ToList();
        var widest = texts.Select(i => widths[i]).DefaultIfEmpty(0).Max();
        if (widest <= NarrowestColumn)
            return false;
        var next = Math.Max(NarrowestColumn, texts.Select(i => widths[i]).Where(w => w < widest).DefaultIfEmpty(0).Max());
        var giving = texts.Where(i => widths[i] == widest).ToList();
        var wanted = (Total(widths) - width + giving.Count - 1) / giving.Count;
        foreach (var i in giving)
            widths[i] = Math.Max(next, widest - wanted);
        return true;
    }

    private static bool LeaveOutLast(List<int> widths)
    {
        widths.RemoveAt(widths.Count - 1);
        return true;
    }

    private static int Total(List<int> widths) => widths.Sum() + (Gap * (widths.Count - 1));

    private string Line(IReadOnlyList<string> cells, List<int> widths)
    {
        var line = new StringBuilder();
        for (var i = 0; i < widths.Count; i++)
        {
            var cell = Cut(Plain(cells[i]), widths[i]);
            var padding = new string(' ', widths[i] - CellsOf(cell));
            line.Append(i == 0 ? "" : new string(' ', Gap)).Append(columns[i].IsNumeric ? padding + cell : cell + padding);
        }
        return line.ToString().TrimEnd();
    }

    // A line end or another control character inside a value would tear the grid.
    private static string Plain(string cell) =>
        cell.Any(char.IsControl)
            ? string.Concat(
                cell.Select(c =>
                    c switch
                    {
                        '\n' => "↵",
                        '\t' => "⇥",
                        '\r' => "",
                        _ when char.IsControl(c) => "·",
                        _ => c.ToString(),
                    }
                )
            )
            : cell;
}
