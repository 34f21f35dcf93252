namespace ServerlessHub.Samples;

/// <summary>A folder to write files in before they are put in place; what is left in it goes with it.</summary>
internal sealed class AsideFolder(string parent) : IDisposable
{
    public string Path { get; } = Directory.CreateDirectory(System.IO.Path.Combine(parent, $".{Guid.NewGuid():n}")).FullName;

    /// <summary>
    /// Moves the files to a folder. An older file that has a new one's name but for the digits in it is of an earlier call, and goes;
    /// anything else there stays.
    /// </summary>
    /// <returns>The files, relative to the folder, with <c>/</c> between folders, in order.</returns>
    public IReadOnlyList<string> MoveTo(string folder)
    {
        string[] files =
        [
            .. Directory
                .EnumerateFiles(Path, "*", SearchOption.AllDirectories)
                .Select(file => Relative(Path, file))
                .Order(StringComparer.Ordinal),
        ];
        var kinds = files.Select(WithoutDigits).ToHashSet(StringComparer.Ordinal);
        if (Directory.Exists(folder))
        {
            foreach (
                var old in Directory
                    .GetFiles(folder, "*", SearchOption.AllDirectories)
                    .Where(file => kinds.Contains(WithoutDigits(Relative(folder, file))))
            )
                File.Delete(old);
        }
        foreach (var file in files)
        {
            var target = System.IO.Path.Combine(folder, file);
            Directory.CreateDirectory(System.IO.Path.GetDirectoryName(target)!);
            File.Move(System.IO.Path.Combine(Path, file), target);
        }
        return files;
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);

    private static string Relative(string folder, string file) => System.IO.Path.GetRelativePath(folder, file).Replace('\\', '/');

    private static string WithoutDigits(string file) => string.Concat(file.Where(c => !char.IsAsciiDigit(c)));
}
