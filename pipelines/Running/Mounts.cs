using ServerlessHub.Pipelines.Connectors;

namespace ServerlessHub.Pipelines.Running;

/// <summary>
/// Where addresses with a scheme lead: <c>config/mounts.json</c> maps prefixes to folders, absolute or relative to the hub root, as
/// <c>{ "s3://landing/": "landing/" }</c>. The longest prefix that fits wins.
/// </summary>
public sealed class Mounts
{
    /// <summary>The file, relative to the hub root.</summary>
    public const string File = "config/mounts.json";

    private readonly (string Prefix, string Folder)[] mounts;

    private Mounts((string, string)[] mounts) => this.mounts = mounts;

    /// <summary>The prefixes, longest first.</summary>
    public IEnumerable<string> Prefixes => mounts.Select(m => m.Prefix);

    /// <summary>Reads the mounts of a hub root; none where there is no such file.</summary>
    /// <exception cref="RunException">The file is not a JSON object of texts, or cannot be read.</exception>
    internal static Mounts Load(string root)
    {
        var entries = ConfigFile.Read<Dictionary<string, string>>(root, File) ?? [];
        if (entries.FirstOrDefault(e => e.Key.Length == 0 || string.IsNullOrWhiteSpace(e.Value)) is { Key: not null } empty)
            throw new RunException(
                $"{File}: the mount '{empty.Key}' has no prefix or no folder",
                "write it as \"scheme://place/\": \"folder\""
            );
        return new Mounts([
            .. entries
                .Select(e => (e.Key.TrimEnd('/'), RealPath.Of(Path.Combine(root, e.Value))))
                .OrderByDescending(m => m.Item1.Length)
                .ThenBy(m => m.Item1, StringComparer.Ordinal),
        ]);
    }

    /// <summary>The folder an address leads to and the rest of the address, or null when no mount covers it.</summary>
    internal (string Folder, string Below)? Find(string address)
    {
        foreach (var (prefix, folder) in mounts)
            if (address.StartsWith(prefix, StringComparison.Ordinal) && (address.Length == prefix.Length || address[prefix.Length] == '/'))
                return (folder, address[prefix.Length..].TrimStart('/'));
        return null;
    }
}
