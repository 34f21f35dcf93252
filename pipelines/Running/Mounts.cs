using ServerlessHub.Lake.Storage;
using ServerlessHub.Pipelines.Connectors;

namespace ServerlessHub.Pipelines.Running;

/// <summary>
/// Where addresses with a scheme lead: <c>config/mounts.json</c> maps prefixes to folders, absolute or relative to the hub root, or to addresses
/// in Azure storage, as <c>{ "s3://landing/": "landing/" }</c>. The longest prefix that fits wins.
/// </summary>
public sealed class Mounts
{
    /// <summary>The file, relative to the hub root.</summary>
    public const string File = "config/mounts.json";

    private readonly Mount[] mounts;

    private Mounts(Mount[] mounts) => this.mounts = mounts;

    /// <summary>The prefixes, longest first.</summary>
    public IEnumerable<string> Prefixes => mounts.Select(m => m.Prefix);

    /// <summary>Reads the mounts of a hub root; none where there is no such file.</summary>
    /// <exception cref="RunException">The file is not a JSON object of texts, or cannot be read.</exception>
    internal static Mounts Load(string root, AzureStorageOptions? options)
    {
        var entries = ConfigFile.Read<Dictionary<string, string>>(root, File) ?? [];
        if (entries.FirstOrDefault(e => e.Key.Length == 0 || string.IsNullOrWhiteSpace(e.Value)) is { Key: not null } empty)
            throw new RunException(
                $"{File}: the mount '{empty.Key}' has no prefix or no folder",
                "write it as \"scheme://place/\": \"folder\", or an address in Azure storage"
            );
        return new Mounts([
            .. entries
                .Select(entry => new Mount(entry.Key.TrimEnd('/'), root, entry.Value, options))
                .OrderByDescending(mount => mount.Prefix.Length)
                .ThenBy(mount => mount.Prefix, StringComparer.Ordinal),
        ]);
    }

    /// <summary>The mounted addresses in Azure storage that were asked for.</summary>
    internal IEnumerable<RemoteFolder> Remotes => mounts.Select(mount => mount.Opened).OfType<RemoteFolder>();

    /// <summary>The folder an address leads to and the rest of the address, or null when no mount covers it.</summary>
    /// <exception cref="RunException">It leads to an address that is none.</exception>
    internal (string Folder, string Below)? Find(string address)
    {
        foreach (var mount in mounts)
            if (
                address.StartsWith(mount.Prefix, StringComparison.Ordinal)
                && (address.Length == mount.Prefix.Length || address[mount.Prefix.Length] == '/')
            )
                return (mount.Folder, address[mount.Prefix.Length..].TrimStart('/'));
        return null;
    }

    private sealed class Mount
    {
        private readonly Lazy<RemoteFolder>? remote;
        private readonly string folder = "";

        public Mount(string prefix, string root, string place, AzureStorageOptions? options)
        {
            Prefix = prefix;
            if (AzurePlace.IsOne(place))
                remote = new(() => new RemoteFolder($"the mount '{prefix}' in {File}", place, options));
            else
                folder = RealPath.Of(Path.Combine(root, place));
        }

        public string Prefix { get; }

        public string Folder => remote?.Value.Folder ?? folder;

        public RemoteFolder? Opened => remote is { IsValueCreated: true } ? remote.Value : null;
    }
}
