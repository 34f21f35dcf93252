namespace ServerlessHub.Host.Cases;

/// <summary>A folder with a pipeline or stream, its input and what must come out.</summary>
/// <param name="Folder">The folder, absolute.</param>
/// <param name="Name">Its path below the folder that was searched, with <c>/</c> between the parts.</param>
internal sealed record TestCase(string Folder, string Name)
{
    /// <summary>The document of a pipeline's case.</summary>
    public const string Pipeline = "pipeline.xml";

    /// <summary>The document of a stream's case.</summary>
    public const string Stream = "stream.xml";

    /// <summary>What a case is, in words.</summary>
    public const string Form = "a case is a folder with pipeline.xml and input/, or stream.xml and events.jsonl, and with expected/";

    /// <summary>What must come out.</summary>
    public string Expected => Path.Combine(Folder, "expected");

    /// <summary>The cases at or below a folder, by name. What is inside of a case is no case.</summary>
    /// <exception cref="CommandException">There is no such folder.</exception>
    public static IReadOnlyList<TestCase> Find(string folder)
    {
        var full = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder));
        if (!Directory.Exists(full))
            throw CommandException.NotFound($"there is no folder '{folder}'", Form);
        return IsCase(full) ? [new TestCase(full, Path.GetFileName(full))] : [.. Below(full, full)];
    }

    private static IEnumerable<TestCase> Below(string folder, string searched)
    {
        foreach (var child in Directory.EnumerateDirectories(folder).Order(StringComparer.Ordinal))
            if (IsCase(child))
                yield return new TestCase(child, Path.GetRelativePath(searched, child).Replace(Path.DirectorySeparatorChar, '/'));
            else
                foreach (var found in Below(child, searched))
                    yield return found;
    }

    private static bool IsCase(string folder) =>
        new[] { Pipeline, Stream, CaseSettings.FileName }.Any(name => File.Exists(Path.Combine(folder, name)));
}
