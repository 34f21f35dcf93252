namespace ServerlessHub.Pipelines.Running;

/// <summary>
/// A pattern over the parts of a path: <c>*</c> any characters, <c>?</c> one, <c>[a-z]</c> and <c>[!a-z]</c> one of a set, <c>{a,b}</c>
/// alternatives, <c>**</c> any number of folders, links not followed. Names that begin with a dot, and the logs of tables, match no wildcard.
/// </summary>
internal sealed class Glob
{
    private static readonly EnumerationOptions All = new() { AttributesToSkip = 0, IgnoreInaccessible = false };

    private readonly IReadOnlyList<Part[]> alternatives;

    private Glob(IReadOnlyList<Part[]> alternatives) => this.alternatives = alternatives;

    /// <summary>Whether a text holds a wildcard.</summary>
    public static bool IsPattern(string text) => text.AsSpan().ContainsAny("*?[{");

    /// <summary>Reads a pattern with <c>/</c> between its parts.</summary>
    public static Glob Parse(string pattern) =>
        new([.. Alternatives(pattern).Select(p => p.Split('/', StringSplitOptions.RemoveEmptyEntries).Select(t => new Part(t)).ToArray())]);

    /// <summary>The files below a folder that match, by their paths relative to it with <c>/</c> between the parts, in ordinal order.</summary>
    /// <param name="folder">The folder to search; there are none when it does not exist.</param>
    /// <param name="onLink">Told of every link that matches, by its path, before it is followed; throws to refuse it.</param>
    /// <exception cref="IOException">A folder cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">A folder may not be read.</exception>
    public IReadOnlyList<string> Files(string folder, Action<string> onLink)
    {
        var found = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var parts in alternatives)
            new Search(folder, onLink, found).In(folder, parts);
        return [.. found];
    }

    /// <summary>Whether the path of a file, relative to the folder that the pattern is for, matches.</summary>
    public bool IsMatch(string path)
    {
        var names = path.Split('/');
        return alternatives.Any(parts => IsMatch(names, parts));
    }

    private static bool IsMatch(ReadOnlySpan<string> names, ReadOnlySpan<Part> parts)
    {
        if (names.IsEmpty || parts.IsEmpty)
            return names.IsEmpty && parts.IsEmpty;
        if (!parts[0].IsAnyFolders)
            return parts[0].Matches(names[0]) && IsMatch(names[1..], parts[1..]);
        return IsMatch(names, parts.Length == 1 ? [new Part("*")] : parts[1..])
            || (names.Length > 1 && Part.IsVisible(names[0]) && IsMatch(names[1..], parts));
    }

    /// <summary>The pattern once for each choice in its braces.</summary>
    private static IEnumerable<string> Alternatives(string pattern)
    {
        var open = pattern.IndexOf('{', StringComparison.Ordinal);
        var close = open < 0 ? -1 : pattern.IndexOf('}', open);
        if (close < 0)
            return [pattern];
        return pattern[(open + 1)..close].Split(',').SelectMany(choice => Alternatives(pattern[..open] + choice + pattern[(close + 1)..]));
    }

    private sealed class Part(string text)
    {
        private readonly bool isPattern = IsPattern(text);

        public bool IsAnyFolders => text == "**";

        public bool Matches(string name) => isPattern ? IsVisible(name) && IsMatch(text, name) : name == text;

        public static bool IsVisible(string name) => name[0] != '.' && name != "_delta_log";

        public IEnumerable<T> Of<T>(DirectoryInfo folder)
            where T : FileSystemInfo
        {
            if (isPattern)
                return Visible(folder).OfType<T>().Where(e => IsMatch(text, e.Name));
            var path = Path.Combine(folder.FullName, text);
            FileSystemInfo named = typeof(T) == typeof(FileInfo) ? new FileInfo(path) : new DirectoryInfo(path);
            return named.Exists ? [(T)named] : [];
        }

        public static IEnumerable<FileSystemInfo> Visible(DirectoryInfo folder) =>
            folder.EnumerateFileSystemInfos("*", All).Where(e => IsVisible(e.Name));

        /// <summary>Tries the last star with ever more characters, so that the effort is at most that of all pairs of characters.</summary>
        private static bool IsMatch(ReadOnlySpan<char> pattern, ReadOnlySpan<char> name)
        {
            var (at, next, star, from) = (0, 0, -1, 0);
            while (at < name.Length)
            {
                if (next < pattern.Length && pattern[next] == '*')
                    (star, from) = (next++, at);
                else if (next < pattern.Length && Takes(pattern[next..], name[at], out var length))
                    (at, next) = (at + 1, next + length);
                else if (star >= 0)
                    (at, next) = (++from, star + 1);
                else
                    return false;
            }
            return pattern[next..].TrimStart('*').IsEmpty;
        }

        /// <summary>Whether the first sign of a pattern, of so many characters, takes a character.</summary>
        private static bool Takes(ReadOnlySpan<char> pattern, char character, out int length)
        {
            // A bracket right behind the opening one is a member of the set.
            var end = pattern[0] == '[' && pattern.Length > 2 ? pattern[2..].IndexOf(']') + 2 : 1;
            length = end > 1 ? end + 1 : 1;
            return end > 1 ? IsIn(pattern[1..end], character) : pattern[0] == '?' || pattern[0] == character;
        }

        private static bool IsIn(ReadOnlySpan<char> set, char character)
        {
            var negated = set.Length > 1 && set[0] is '!' or '^';
            if (negated)
                set = set[1..];
            for (; !set.IsEmpty; set = set[1..])
            {
                if (set.Length > 2 && set[1] == '-')
                {
                    if (character >= set[0] && character <= set[2])
                        return !negated;
                    set = set[2..];
                }
                else if (character == set[0])
                    return !negated;
            }
            return negated;
        }
    }

    private sealed class Search(string root, Action<string> onLink, SortedSet<string> found)
    {
        public void In(string path, ReadOnlySpan<Part> parts)
        {
            var folder = new DirectoryInfo(path);
            if (!folder.Exists || parts.IsEmpty)
                return;
            if (parts[0].IsAnyFolders)
            {
                In(path, parts.Length == 1 ? [new Part("*")] : parts[1..]);
                foreach (var below in Part.Visible(folder).OfType<DirectoryInfo>().Where(d => d.LinkTarget is null))
                    In(below.FullName, parts);
            }
            else if (parts.Length > 1)
                foreach (var below in parts[0].Of<DirectoryInfo>(folder))
                    In(Checked(below), parts[1..]);
            else
                foreach (var file in parts[0].Of<FileInfo>(folder))
                    found.Add(Path.GetRelativePath(root, Checked(file)).Replace(Path.DirectorySeparatorChar, '/'));
        }

        private string Checked(FileSystemInfo entry)
        {
            if (entry.LinkTarget is not null)
                onLink(entry.FullName);
            return entry.FullName;
        }
    }
}
