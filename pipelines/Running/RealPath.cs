namespace ServerlessHub.Pipelines.Running;

/// <summary>Where a path leads once every link on the way is followed.</summary>
internal static class RealPath
{
    // The kernel's own limit for one path.
    private const int MaxLinks = 40;

    private static readonly StringComparison Comparison = OperatingSystem.IsWindows()
        ? StringComparison.OrdinalIgnoreCase
        : StringComparison.Ordinal;

    /// <summary>The path without links. Parts that do not exist are kept as they are.</summary>
    /// <exception cref="IOException">The links go round in a circle, or one cannot be read.</exception>
    public static string Of(string path)
    {
        var full = Path.GetFullPath(path);
        var real = Path.GetPathRoot(full)!;
        var ahead = new Stack<string>(Parts(full[real.Length..]).Reverse());
        var links = 0;
        while (ahead.TryPop(out var part))
        {
            if (part is "." or "..")
            {
                real = part == "." ? real : Path.GetDirectoryName(real) ?? real;
                continue;
            }
            var next = Path.Combine(real, part);
            if (new FileInfo(next).LinkTarget is not { } target)
            {
                real = next;
                continue;
            }
            if (++links > MaxLinks)
                throw new IOException($"The links at '{path}' go round in a circle.");
            if (Path.IsPathRooted(target))
                real = Path.GetPathRoot(Path.GetFullPath(target))!;
            foreach (var p in Parts(target[(Path.GetPathRoot(target)?.Length ?? 0)..]).Reverse())
                ahead.Push(p);
        }
        return real;
    }

    /// <summary>Whether a path without links is a folder or lies below it.</summary>
    public static bool IsWithin(string path, string folder) =>
        path.Equals(folder, Comparison)
        || path.StartsWith(Path.EndsInDirectorySeparator(folder) ? folder : folder + Path.DirectorySeparatorChar, Comparison);

    private static string[] Parts(string path) =>
        path.Split([Path.DirectorySeparatorChar, Path.AltDirectorySeparatorChar], StringSplitOptions.RemoveEmptyEntries);
}
