using System.Reflection;

namespace ServerlessHub.Samples;

/// <summary>The sample applications' documents, schemas and lookups, in the layout of a hub root.</summary>
public static class SampleDocuments
{
    private static readonly Assembly Assembly = typeof(SampleDocuments).Assembly;

    /// <summary>The files, relative to the hub root, with <c>/</c> between folders, in order.</summary>
    public static IReadOnlyList<string> Paths { get; } =
    [
        .. Assembly
            .GetManifestResourceNames()
            .Where(name => name.StartsWith("config/", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal),
    ];

    /// <summary>Copies the files into a hub root. A file that is there already stays as it is: it is the user's.</summary>
    /// <param name="root">The hub root; it is made if it is missing.</param>
    /// <returns>The files that were written, relative to the root.</returns>
    /// <exception cref="IOException">The root cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The root may not be written.</exception>
    public static IReadOnlyList<string> CopyTo(string root)
    {
        var written = new List<string>();
        foreach (var path in Paths)
        {
            var target = Path.Combine(root, path);
            if (File.Exists(target))
                continue;
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            Copy(path, target);
            written.Add(path);
        }
        return written;
    }

    internal static Stream Open(string name) =>
        Assembly.GetManifestResourceStream(name) ?? throw new ArgumentException($"There is no sample file '{name}'.", nameof(name));

    // Put in place whole, so that a copy that was interrupted is not taken for the user's file.
    private static void Copy(string path, string target)
    {
        var aside = target + ".new";
        using (var from = Open(path))
        using (var to = File.Create(aside))
            from.CopyTo(to);
        File.Move(aside, target);
    }
}
