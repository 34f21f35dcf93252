namespace ServerlessHub.Pipelines.Definitions;

/// <summary>How bad a finding is.</summary>
public enum Severity
{
    /// <summary>The document cannot run.</summary>
    Error,

    /// <summary>The document runs, but probably not as its author meant.</summary>
    Warning,

    /// <summary>Something the author should know, such as a part that could not be checked.</summary>
    Note,
}

/// <summary>One finding about a document. Findings are data: they are collected, never thrown.</summary>
/// <param name="Rule">What kind of finding it is.</param>
/// <param name="Location">Where it is.</param>
/// <param name="Message">What is wrong, with the values in question.</param>
/// <param name="Hint">What to do about it, such as the nearest known name; null when there is nothing to suggest.</param>
public sealed record Diagnostic(Rule Rule, SourceLocation Location, string Message, string? Hint = null)
{
    /// <summary>The severity its rule has.</summary>
    public Severity Severity => Rule.Severity;

    /// <summary>The one-line form: <c>file:line:column: error HUB2001: message; hint</c>.</summary>
    public override string ToString() =>
        $"{Location}: {Severity.ToString().ToLowerInvariant()} {Rule.Id}: {Message}{(Hint is null ? "" : "; " + Hint)}";
}
