using ServerlessHub.Api.Tables;
using ServerlessHub.Pipelines.Drafting;

namespace ServerlessHub.Host.Output;

/// <summary>How a draft is shown to a person.</summary>
internal static class DraftText
{
    /// <summary>Writes what was found, what was guessed, and what to do next.</summary>
    public static void Write(Terminal terminal, PipelineDraft draft, IReadOnlyList<string> written, string id)
    {
        terminal.Write(Columns(draft));
        terminal.WriteLine();
        foreach (var guess in draft.Guesses)
            terminal.Line($"  {guess.What, -10} [bold]{guess.Value}[/]  [dim]{guess.Confidence:P0} sure: {guess.Reason}[/]");
        if (draft.Key is { } key)
            terminal.Line($"  {"key", -10} [bold]{string.Join(", ", key.Value)}[/]  [dim]{key.Confidence:P0} sure: {key.Reason}[/]");
        foreach (var column in draft.Columns.Where(c => c.Personal is not null))
            terminal.Line(
                $"  {"personal", -10} [bold]{column.Profile.Name}[/]  [dim]{column.Personal!.Confidence:P0} sure: {column.Personal.Reason}[/]"
            );
        foreach (var note in draft.Notes)
            terminal.Line($"  [yellow]{"note", -10}[/] {note}");
        terminal.WriteLine();
        foreach (var file in written)
            terminal.WriteLine($"  + {file}");
        terminal.WriteLine($"next: hub plan {id}, then hub run {id}");
    }

    private static Grid Columns(PipelineDraft draft) =>
        new(
            [new("column"), new("type"), new("nulls", true), new("different", true), new("mask")],
            [
                .. draft.Columns.Select(c =>
                    new[]
                    {
                        c.Profile.Name,
                        TypeText.Short(c.Type),
                        Quantity.Count(c.Profile.Nulls),
                        Quantity.Count(c.Profile.Distinct),
                        c.Mask is { } mask ? $"{mask.Strategy} {mask.Options}".Trim() : "",
                    }
                ),
            ]
        );
}
