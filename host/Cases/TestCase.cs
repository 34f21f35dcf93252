namespace ServerlessHub.Host.Cases;

/// <summary>A folder with a pipeline, its input and what must come out.</summary>
/// <param name="Folder">The folder, absolute.</param>
/// <param name="Name">Its path below the folder that was searched, with <c>/</c> between the parts.</param>
internal sealed record TestCase(string Folder, string Name)
{
    /// <summary>The document of the case.</summary>
    public const string Document = "pipeline.xml";

    /// <summary>What must come out.</summary>
    public string Expected => Path.Combine(Folder, "expected");

    /// <summary>The cases at or below a folder, by name. What is inside of a case is no case.</summary>
    /// <exception cref="CommandException">There is no such folder.</exception>
    public static IReadOnlyList<TestCase> Find(string folder)
    {
        var full = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder));
        if (!Directory.Exists(full))
            throw CommandException.NotFound($"there is no folder '{folder}'", "a case is a folder with pipeline.xml, input/ and expected/");
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
        File.Exists(Path.Combine(folder, Document)) || File.Exists(Path.Combine(folder, CaseSettings.FileName));
}
