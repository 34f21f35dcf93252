using System.Collections;

namespace ServerlessHub.Pipelines.Definitions;

/// <summary>The findings of one validation, in the order of the document.</summary>
public sealed class Diagnostics : IReadOnlyCollection<Diagnostic>
{
    private readonly List<Diagnostic> found = [];
    private readonly HashSet<Diagnostic> seen = [];

    /// <inheritdoc/>
    public int Count => found.Count;

    /// <summary>Whether anything was found that keeps the document from running.</summary>
    public bool HasErrors => found.Exists(d => d.Severity == Severity.Error);

    /// <summary>Adds a finding; the same one at the same place is kept once.</summary>
    public void Add(Rule rule, SourceLocation at, string message, string? hint = null)
    {
        var diagnostic = new Diagnostic(rule, at, message, hint);
        if (seen.Add(diagnostic))
            found.Add(diagnostic);
    }

    /// <summary>Adds all findings of another list.</summary>
    public void AddRange(IEnumerable<Diagnostic> others)
    {
        foreach (var d in others)
            Add(d.Rule, d.Location, d.Message, d.Hint);
    }

    /// <inheritdoc/>
    public IEnumerator<Diagnostic> GetEnumerator() =>
        found
            .OrderBy(d => d.Location.File, StringComparer.Ordinal)
            .ThenBy(d => d.Location.Line)
            .ThenBy(d => d.Location.Column)
            .GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
