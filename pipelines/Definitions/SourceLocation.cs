namespace ServerlessHub.Pipelines.Definitions;

/// <summary>A place in a document: what a problem points at.</summary>
/// <param name="File">The document's path as the user knows it, relative to the hub root where it lies below it.</param>
/// <param name="Line">The line, counted from 1; 0 when the whole file is meant.</param>
/// <param name="Column">The column in characters, counted from 1; 0 when the whole line is meant.</param>
public readonly record struct SourceLocation(string File, int Line, int Column)
{
    /// <summary>The form compilers use, which editors and terminals turn into a link: <c>file:line:column</c>.</summary>
    public override string ToString() => Line == 0 ? File : $"{File}:{Line}:{Column}";
}
