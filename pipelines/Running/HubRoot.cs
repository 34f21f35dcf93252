using System.Collections.Concurrent;
using System.Xml;
using ServerlessHub.Lake.Storage;
using ServerlessHub.Pipelines.Connectors;
using ServerlessHub.Pipelines.Definitions;
using IOPath = System.IO.Path;

namespace ServerlessHub.Pipelines.Running;

/// <summary>
/// The folder, or the address in Azure storage, that is a hub: all that is known of its layout is known here. Of a hub that has an address,
/// what is read as files is shown in a folder of this machine: its configuration when it is opened, other files when they are looked for.
/// </summary>
public sealed partial class HubRoot
{
    private const string Applications = "config/applications";
    private const string TableLog = "_delta_log";
    private const string Common = "config/common";
    private static readonly string[] LookupEndings = ["", ".csv", ".json", ".parquet"];

    private readonly ConcurrentDictionary<string, (DateTime Modified, long Size, string? Id)> ids = new(StringComparer.Ordinal);
    private readonly Lazy<Mounts> mounts;
    private readonly RemoteFolder? remote;

    /// <summary>Names the folder or address.</summary>
    /// <param name="location">
    /// A folder, which must exist; a relative one is taken from the current directory. Or an address as <see cref="AzurePlace"/> has it.
    /// </param>
    /// <param name="options">How Azure storage is talked to; null for the defaults.</param>
    /// <param name="makes">Whether an empty one is made at an address where there is none: for who is there before anything can be brought to it.</param>
    /// <exception cref="RunException">There is no such hub root, or it cannot be read or made.</exception>
    public HubRoot(string location, AzureStorageOptions? options = null, bool makes = false)
    {
        if (AzurePlace.IsOne(location))
        {
            remote = new RemoteFolder("the hub root", location, options);
            (Path, Storage) = (remote.Folder, remote.Storage);
            Refresh();
            if (makes && !Directory.Exists(Locate(Applications)))
                Make();
            if (!Directory.Exists(Locate(Applications)))
                throw new RunException(
                    $"there is no hub root at this address: it holds no {Applications}",
                    "make one with 'hub init', or upload the folder config there"
                );
        }
        else
        {
            if (!Directory.Exists(location))
                throw new RunException($"there is no hub root '{location}'", "create one with 'hub init', or name another with --root");
            Path = RealPath.Of(location);
            Storage = new LocalStorage(Path);
        }
        mounts = new Lazy<Mounts>(() => Mounts.Load(Path, options));
    }

    /// <summary>The folder, absolute and without links; of a hub that has an address, the one that shows it.</summary>
    public string Path { get; }

    /// <summary>What holds the hub: its tables, its state and the records of its runs.</summary>
    public ILakeStorage Storage { get; internal init; }

    /// <summary>Whether the hub has an address, so that other machines use it as well.</summary>
    public bool IsRemote => remote is not null;

    /// <summary>Where addresses with a scheme lead.</summary>
    /// <exception cref="RunException"><see cref="Mounts.File"/> is not as it should be.</exception>
    public Mounts Mounts => mounts.Value;

    /// <summary>Of a hub that has an address, shows the files that a path names in <see cref="Path"/>, as they are now.</summary>
    /// <param name="path">A folder, file or pattern, relative to the hub root.</param>
    /// <exception cref="RunException">The storage fails.</exception>
    internal void Show(string path) => remote?.Show(path);

    /// <summary>What holds a place, where that is an address in Azure storage: the hub root's, or a mount's. Null for a folder of this machine.</summary>
    /// <param name="location">An absolute path without links.</param>
    internal RemoteFolder? RemoteAt(string location) => Remotes().FirstOrDefault(folder => RealPath.IsWithin(location, folder.Folder));

    private void Make()
    {
        try
        {
            Storage.WriteIfAbsent($"{Applications}/.keep", default);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new RunException($"there is no hub root at this address, and none can be made: {e.Message}", inner: e);
        }
        Refresh();
    }

    private IEnumerable<RemoteFolder> Remotes()
    {
        if (remote is not null)
            yield return remote;
        // A place can only lie in a mount once the mounts were looked at.
        if (mounts.IsValueCreated)
            foreach (var mounted in mounts.Value.Remotes)
                yield return mounted;
    }

    /// <summary>Of a hub that has an address, shows the configuration as it is now, which other machines may have changed.</summary>
    /// <exception cref="RunException">The storage fails.</exception>
    public void Refresh() => Show("config");

    /// <summary>The document that a file is; null when it is not where documents live, or not there.</summary>
    /// <param name="file">The file, relative to the hub root.</param>
    public HubDocument? DocumentAt(string file)
    {
        var kinds = Enum.GetValues<DocumentKind>();
        return file.EndsWith(".xml", StringComparison.Ordinal) && File.Exists(Locate(file)) && AddressOf(file) is { } address
            ? new HubDocument(kinds.First(kind => file.Split('/')[4] == $"{kind.ToString().ToLowerInvariant()}s"), address, file)
            : null;
    }

    /// <summary>
    /// All documents of a kind, by application, layer and id. A file whose XML cannot be read to its root element goes by its own name. A file
    /// is read again when its time or size has changed, so it may be asked often.
    /// </summary>
    public IReadOnlyList<HubDocument> Documents(DocumentKind kind) => Documents(kind, "*", $"{{{string.Join(',', PipelineSpec.Layers)}}}");

    /// <summary>The documents of a kind that an application has, in the same order.</summary>
    public IReadOnlyList<HubDocument> Documents(DocumentKind kind, string app) =>
        TableName.IsFolderName(app) ? Documents(kind, app, $"{{{string.Join(',', PipelineSpec.Layers)}}}") : [];

    private HubDocument[] Documents(DocumentKind kind, string app, string layer)
    {
        var folder = kind.ToString().ToLowerInvariant() + "s";
        var files = Glob.Parse($"{Applications}/{app}/{layer}/{folder}/**/*.xml").Files(Path, RefuseLinkOut);
        return
        [
            .. files
                .Select(f => new HubDocument(kind, AddressOf(f)!, f))
                .OrderBy(d => d.Address.App, StringComparer.Ordinal)
                .ThenBy(d => LayerIndex(d.Address.Layer))
                .ThenBy(d => d.Address.Id, StringComparer.Ordinal)
                .ThenBy(d => d.File, StringComparer.Ordinal),
        ];
    }

    /// <summary>The documents of a kind that a name means: an id, <c>app/layer/id</c>, or a file. More than one when the id alone is not clear.</summary>
    public IReadOnlyList<HubDocument> Find(DocumentKind kind, string name)
    {
        var documents = Documents(kind);
        if (documents.Where(d => d.Address.ToString() == name).ToArray() is { Length: > 0 } full)
            return full;
        if (documents.Where(d => d.Address.Id == name).ToArray() is { Length: > 0 } byId)
            return byId;
        var file = new[] { IOPath.GetFullPath(name), IOPath.GetFullPath(name, Path) }.Select(Relative).OfType<string>();
        return [.. documents.Where(d => file.Contains(d.File))];
    }

    /// <summary>The one document of an address. Only its folder is looked at.</summary>
    /// <exception cref="RunException">No document has the address, or several have it.</exception>
    public HubDocument Document(DocumentKind kind, DocumentAddress address)
    {
        var isPlace = TableName.IsFolderName(address.App) && PipelineSpec.Layers.Contains(address.Layer);
        var found = isPlace ? Documents(kind, address.App, address.Layer).Where(d => d.Address == address).ToArray() : [];
        return One(kind, address.ToString(), found);
    }

    /// <summary>The one document that a name means.</summary>
    /// <exception cref="RunException">No document has the name, or several have it.</exception>
    public HubDocument Document(DocumentKind kind, string name) => One(kind, name, Find(kind, name));

    private HubDocument One(DocumentKind kind, string name, IReadOnlyList<HubDocument> found)
    {
        var what = kind.ToString().ToLowerInvariant();
        return found.Count switch
        {
            1 => found[0],
            0 => throw new RunException($"there is no {what} '{name}'", UnknownHint(kind, name)),
            _ => throw new RunException(
                $"{found.Count} {what}s are named '{name}'",
                $"say which: {string.Join(" or ", found.Select(d => d.Address.ToString() == name ? d.File : d.Address.ToString()))}"
            ),
        };
    }

    /// <summary>
    /// Whose a file is, by its path, and its id, by its root element or else its name. Null when it is not where documents live:
    /// <c>config/applications/&lt;app&gt;/&lt;layer&gt;/{pipelines,jobs,streams}/</c>.
    /// </summary>
    /// <param name="file">The file, relative to the hub root or absolute.</param>
    public DocumentAddress? AddressOf(string file)
    {
        var path = IOPath.GetFullPath(file, Path);
        if (Relative(path)?.Split('/') is not ["config", "applications", var app, var layer, "pipelines" or "jobs" or "streams", _, ..])
            return null;
        return PipelineSpec.Layers.Contains(layer)
            ? new DocumentAddress(app, layer, KnownIdOf(path) ?? IOPath.GetFileNameWithoutExtension(path))
            : null;
    }

    /// <summary>The path relative to the hub root with <c>/</c> between its parts, or null when it lies elsewhere.</summary>
    /// <param name="path">An absolute path.</param>
    public string? Relative(string path)
    {
        var real = RealPath.Of(path);
        return RealPath.IsWithin(real, Path) ? IOPath.GetRelativePath(Path, real).Replace(IOPath.DirectorySeparatorChar, '/') : null;
    }

    /// <summary>The absolute path of something the layout names, such as <see cref="TableName.Folder"/>.</summary>
    /// <param name="relative">Its path relative to the hub root, with <c>/</c> between its parts.</param>
    public string Locate(string relative) => IOPath.Combine(Path, relative.Replace('/', IOPath.DirectorySeparatorChar));

    /// <summary>The tables of a layer that are there, as their logs show.</summary>
    public IReadOnlyList<TableName> Tables(string app, string layer) =>
        TablesIn($"data/applications/{app}/{layer}", table => new(app, layer, table));

    /// <summary>The tables of the hub's own history that are there. They are for reading; no pipeline writes them.</summary>
    public IReadOnlyList<TableName> HistoryTables() => TablesIn($"data/{TableName.History}", table => new("", TableName.History, table));

    /// <summary>Whether a table is there.</summary>
    public bool Has(TableName table) => IsTable(table.Folder);

    /// <summary>
    /// The tables that a name means: <c>app.layer.table</c>, <c>layer.table</c>, or the table's own name. Where they would be is looked at, and
    /// nothing is listed, so that it takes no longer the more tables there are.
    /// </summary>
    public IReadOnlyList<TableName> FindTables(string name)
    {
        var parts = name.Split('.');
        if (parts.Length is 0 or > 3 || !parts.All(TableName.IsFolderName))
            return [];
        string[] layers = parts.Length == 1 ? [.. PipelineSpec.Layers] : [parts[^2]];
        IEnumerable<string> apps = parts.Length == 3 ? [parts[0]] : Apps();
        var candidates = apps.SelectMany(
            _ => layers.Where(PipelineSpec.Layers.Contains),
            (app, layer) => new TableName(app, layer, parts[^1])
        );
        if (parts.Length == 1 || parts is [TableName.History, _])
            candidates = candidates.Append(new("", TableName.History, parts[^1]));
        return [.. candidates.Where(Has)];
    }

    private TableName[] TablesIn(string folder, Func<string, TableName> name)
    {
        var folders = Storage.Folders(folder);
        var areTables = TableLookout.Each(this, folders, IsTable);
        return [.. folders.Where((_, i) => areTables[i]).Select(table => name(IOPath.GetFileName(table)))];
    }

    /// <summary>The folder, relative to the hub root, of a table that a place is in, is, or holds; null when there is none.</summary>
    /// <param name="location">An absolute path without links.</param>
    public string? TableAt(string location)
    {
        if (location == Path || Relative(location) is not { } relative)
            return null;
        for (var at = relative; at.Length > 0; at = at[..Math.Max(0, at.LastIndexOf('/'))])
            if (IsTable(at))
                return at;
        return TableBelow(relative);
    }

    private string? TableBelow(string folder) =>
        Storage
            .Folders(folder)
            .Select(below => IOPath.GetFileName(below) == TableLog ? folder : TableBelow(below))
            .FirstOrDefault(table => table is not null);

    private bool IsTable(string folder) => Storage.HasFolder($"{folder}/{TableLog}");

    /// <summary>The applications: those that have documents or data.</summary>
    public IReadOnlyList<string> Apps() =>
        [
            .. new[] { Applications, "data/applications" }
                .SelectMany(folder => Storage.Folders(folder))
                .Select(folder => IOPath.GetFileName(folder))
                .Where(n => n[0] != '.')
                .Distinct()
                .Order(StringComparer.Ordinal),
        ];

    private static int LayerIndex(string layer) => PipelineSpec.Layers.TakeWhile(l => l != layer).Count();

    private string? UnknownHint(DocumentKind kind, string name)
    {
        var known = Documents(kind).Select(d => d.Address).ToArray();
        if (NearestName.Hint(name, known.SelectMany(a => new[] { a.Id, a.ToString() })) is { } near)
            return near;
        return known.Length == 0
            ? $"documents live in {Applications}/<app>/<layer>/{kind.ToString().ToLowerInvariant()}s/"
            : $"there are: {string.Join(", ", known.Take(8).Select(a => a.Id))}{(known.Length > 8 ? ", …" : "")}";
    }

    private void RefuseLinkOut(string link)
    {
        if (Relative(link) is null)
            throw new RunException($"'{IOPath.GetRelativePath(Path, link)}' is a link that leaves the hub root", "copy the file there");
    }

    private string? KnownIdOf(string path)
    {
        var file = new FileInfo(path);
        if (!file.Exists)
            return null;
        if (ids.TryGetValue(path, out var known) && (known.Modified, known.Size) == (file.LastWriteTimeUtc, file.Length))
            return known.Id;
        var id = IdOf(path);
        ids[path] = (file.LastWriteTimeUtc, file.Length, id);
        return id;
    }

    private static string? IdOf(string file)
    {
        try
        {
            using var stream = File.OpenRead(file);
            using var reader = XmlReader.Create(
                stream,
                new XmlReaderSettings
                {
                    DtdProcessing = DtdProcessing.Prohibit,
                    XmlResolver = null,
                    MaxCharactersInDocument = 1 << 16,
                }
            );
            return reader.MoveToContent() == XmlNodeType.Element && reader.GetAttribute("id") is { Length: > 0 } id ? id.Trim() : null;
        }
        catch (Exception e) when (e is XmlException or IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
