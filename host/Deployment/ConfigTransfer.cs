using System.Text;
using ServerlessHub.Host.Output;
using ServerlessHub.Lake.Storage;

namespace ServerlessHub.Host.Deployment;

/// <summary>
/// Brings the configuration of one hub root, or a part of it, to another: first what differs, then file by file, in an order in which no document is there before what it
/// names. What somebody else has changed there meanwhile is left, and said.
/// </summary>
internal sealed class ConfigTransfer
{
    /// <summary>The folder that all of a hub root's configuration is in.</summary>
    public const string Configuration = "config";

    // Documents name schemas, lookups and connections, and jobs name pipelines.
    private static readonly string[] Order = ["/pipelines/", "/jobs/", "/streams/"];

    private readonly ILakeStorage to;
    private readonly List<Difference> differences = [];

    /// <summary>Compares.</summary>
    /// <param name="from">The hub root whose configuration is brought.</param>
    /// <param name="to">The one that it is brought to.</param>
    /// <param name="folder">The folder that is brought: <see cref="Configuration"/>, or one below it.</param>
    /// <param name="leavesOwn">Whether connections and mounts that are there are the environment's own, and stay.</param>
    /// <exception cref="IOException">One of them cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">One of them may not be read.</exception>
    public ConfigTransfer(ILakeStorage from, ILakeStorage to, string folder, bool leavesOwn)
    {
        this.to = to;
        var there = to.ListBelow(folder).ToDictionary(file => file.Path);
        foreach (var file in from.ListBelow(folder))
        {
            var before = there.GetValueOrDefault(file.Path);
            there.Remove(file.Path);
            if (before is not null && leavesOwn && IsOwn(file.Path))
                continue;
            var (content, old) = (from.Read(file.Path) ?? [], before is null ? null : to.Read(file.Path));
            if (old is null || !content.AsSpan().SequenceEqual(old))
                differences.Add(new Difference(file.Path, before, old, content));
        }
        foreach (var gone in there.Values.Where(file => !(leavesOwn && IsOwn(file.Path))))
            differences.Add(new Difference(gone.Path, gone, to.Read(gone.Path), null));
        differences.Sort((a, b) => (Rank(a), a.Path).CompareTo((Rank(b), b.Path)));
    }

    /// <summary>What differs, in the order in which it is brought.</summary>
    public IReadOnlyList<ConfigChange> Changes => [.. differences.Select(d => d.Change)];

    /// <summary>The lines that differ, as people read them: <c>-</c> goes, <c>+</c> comes.</summary>
    /// <param name="file">The path of a file that differs.</param>
    public IEnumerable<string> Lines(string file)
    {
        var difference = differences.Find(d => d.Path == file)!;
        return LineDifference.Of(Text(difference.Before), Text(difference.After));
    }

    /// <summary>Brings it.</summary>
    /// <param name="removes">Whether what is only there is removed.</param>
    /// <param name="brought">Told of each file when it is there.</param>
    /// <exception cref="CommandException">Somebody else has changed a file meanwhile; those before it are brought.</exception>
    /// <exception cref="IOException">The storage fails.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be written.</exception>
    public void Bring(bool removes, Action<ConfigChange> brought)
    {
        foreach (var difference in differences.Where(d => d.After is not null || removes))
        {
            if (difference.After is null)
                to.Delete(difference.Known!);
            else if (to.TryReplace(difference.Path, difference.After, difference.Known) is null)
                throw new CommandException(
                    ExitCode.Failed,
                    $"{difference.Path} was changed there by somebody else meanwhile; what comes after it was not brought",
                    "look at the difference again, and push again"
                );
            brought(difference.Change);
        }
    }

    private static bool IsOwn(string path) => path.Contains("/resources/", StringComparison.Ordinal) || path == "config/mounts.json";

    /// <summary>What is added goes up this order, and what is removed down.</summary>
    private static int Rank(Difference difference)
    {
        var rank = Array.FindIndex(Order, folder => difference.Path.Contains(folder, StringComparison.Ordinal)) + 1;
        return difference.After is null ? 2 * Order.Length + 1 - rank : rank;
    }

    /// <summary>The lines of a file; none of one that is no text.</summary>
    private static string[] Text(byte[]? content) =>
        content is null || content.Contains((byte)0)
            ? []
            : Encoding.UTF8.GetString(content).TrimStart('\uFEFF').ReplaceLineEndings("\n").Split('\n');

    private sealed record Difference(string Path, StoredFile? Known, byte[]? Before, byte[]? After)
    {
        public ConfigChange Change
        {
            get
            {
                var lines = LineDifference.Of(Text(Before), Text(After)).ToArray();
                var kind =
                    Before is null ? ConfigChangeKind.Added
                    : After is null ? ConfigChangeKind.Removed
                    : ConfigChangeKind.Changed;
                return new ConfigChange(Path, kind, lines.Count(l => l.StartsWith('+')), lines.Count(l => l.StartsWith('-')));
            }
        }
    }
}
