using ServerlessHub.Pipelines.Connectors;

namespace ServerlessHub.Pipelines.Running;

/// <summary>A file that a source reads.</summary>
/// <param name="Name">Its path as the user knows it: as the document writes it, with wildcards replaced by what they matched.</param>
/// <param name="Location">Where it is, without links: the path by which the engine opens it.</param>
/// <param name="Length">Its size in bytes.</param>
/// <param name="Modified">When it was last written.</param>
public sealed record SourceFile(string Name, string Location, long Length, DateTimeOffset Modified);

/// <summary>A path of a document after it was found harmless: below the hub root, an application's data, or a mount.</summary>
public sealed class HubPath
{
    private readonly string root;
    private readonly string relative;
    private readonly Func<string, bool> isPrivate;
    private readonly Action show;

    internal HubPath(string text, string root, string relative, Func<string, bool> isPrivate, Action show)
    {
        this.show = show;
        Text = text;
        this.root = root;
        this.relative = relative;
        this.isPrivate = isPrivate;
    }

    /// <summary>The path as the document has it, parameters replaced.</summary>
    public string Text { get; }

    /// <summary>Whether it holds wildcards.</summary>
    public bool IsPattern => Glob.IsPattern(relative);

    /// <summary>Where it leads, without links. Nothing need be there.</summary>
    /// <exception cref="RunException">A link on the way leaves the place the path is in.</exception>
    public string Location
    {
        get
        {
            var path = Path.Combine(root, relative);
            return Inside(path, path);
        }
    }

    /// <summary>
    /// The files it names, in ordinal order of their names: what matches the pattern, the file itself, or all files below the folder but those
    /// whose names begin with <c>.</c> or <c>_</c>. Empty when there are none.
    /// </summary>
    /// <exception cref="RunException">A link leaves the place the path is in, or a folder cannot be read.</exception>
    public IReadOnlyList<SourceFile> Files()
    {
        show();
        try
        {
            if (IsPattern)
                return Matching(relative, Text[..^relative.Length]);
            var location = Location;
            if (Directory.Exists(location))
                return
                [
                    .. Matching(relative + "/**/[!_.]*", Text[..^relative.Length])
                        .Where(f => !f.Name.Contains("/_", StringComparison.Ordinal)),
                ];
            return File.Exists(location) ? [Describe(Text, location)] : [];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new RunException($"'{Text}' cannot be searched: {e.Message}", inner: e);
        }
    }

    /// <inheritdoc/>
    public override string ToString() => Text;

    private IReadOnlyList<SourceFile> Matching(string pattern, string prefix)
    {
        var files = Glob.Parse(pattern).Files(root, link => Inside(link, link));
        // Most files share their folder with many others; its links are followed once.
        var folders = new Dictionary<string, string>();
        return [.. files.Select(f => Describe(prefix + f, Real(Path.Combine(root, f))))];

        string Real(string path)
        {
            if (new FileInfo(path).LinkTarget is not null)
                return Inside(path, path);
            var folder = Path.GetDirectoryName(path)!;
            if (!folders.TryGetValue(folder, out var real))
                folders[folder] = real = Inside(folder, folder);
            var location = Path.Combine(real, Path.GetFileName(path));
            return isPrivate(location) ? Inside(location, path) : location;
        }
    }

    private static SourceFile Describe(string name, string location)
    {
        var file = new FileInfo(location);
        return new SourceFile(name, location, file.Length, file.LastWriteTimeUtc);
    }

    private string Inside(string path, string what)
    {
        var real = RealPath.Of(path);
        if (!RealPath.IsWithin(real, root))
            throw new RunException(
                $"'{Text}' leaves its place: '{Path.GetRelativePath(root, Path.Combine(root, what))}' is a link that leads elsewhere",
                $"copy the files there, or mount their folder in {Mounts.File}"
            );
        if (isPrivate(real))
            throw new RunException(
                $"'{Text}' leads to '{Path.GetRelativePath(root, real)}', which no pipeline may read: connections and the hub's own files",
                "keep data elsewhere"
            );
        return real;
    }
}
