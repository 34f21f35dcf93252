namespace ServerlessHub.Lake;

/// <summary>A file that a version of a table needs, and that is not as its log says.</summary>
/// <param name="Path">The file, relative to the table.</param>
/// <param name="Problem">What is wrong with it, as a part of a sentence: <c>is gone</c>.</param>
public sealed record FileProblem(string Path, string Problem);
