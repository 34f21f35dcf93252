using System.Text.Json;
using System.Text.RegularExpressions;
using ServerlessHub.Pipelines.Connectors;
using ServerlessHub.Pipelines.Definitions;
using IOPath = System.IO.Path;

namespace ServerlessHub.Pipelines.Running;

/// <content>What the paths, references and addresses in a document lead to.</content>
public sealed partial class HubRoot
{
    /// <summary>A source's path: relative to the hub root, or mounted. Reports and returns null when it is refused.</summary>
    /// <param name="path">The path or pattern, parameters replaced.</param>
    /// <param name="at">Where it is written.</param>
    /// <param name="findings">Where findings go.</param>
    public HubPath? Source(string path, SourceLocation at, Diagnostics findings) => Resolve(path, "", at, findings);

    /// <summary>As the other, for a run.</summary>
    /// <exception cref="RunException">The path is refused.</exception>
    public HubPath Source(string path) => OrThrow(findings => Source(path, default, findings));

    /// <summary>A file target's path: relative to the application's data, or mounted. Reports and returns null when it is refused.</summary>
    /// <param name="path">The path, parameters and time replaced.</param>
    /// <param name="address">The document.</param>
    /// <param name="at">Where it is written.</param>
    /// <param name="findings">Where findings go.</param>
    public HubPath? Target(string path, DocumentAddress address, SourceLocation at, Diagnostics findings)
    {
        if (Glob.IsPattern(path))
            findings.Add(Rule.PathRefused, at, $"'{path}' holds a wildcard, but a target writes one place", "name the file or folder");
        else if (path.Trim('/', '.').Length == 0)
            findings.Add(Rule.PathRefused, at, "the path names no file or folder", "name one");
        else
            return Resolve(path, $"data/applications/{address.App}", at, findings);
        return null;
    }

    /// <summary>As the other, for a run.</summary>
    /// <exception cref="RunException">The path is refused.</exception>
    public HubPath Target(string path, DocumentAddress address) => OrThrow(findings => Target(path, address, default, findings));

    /// <summary>What a place is called in reports: its path relative to the hub root, or an absolute one, or an address, where a mount has led out of it.</summary>
    /// <param name="location">An absolute path, without links.</param>
    public string Name(string location) =>
        RealPath.IsWithin(location, Path) ? IOPath.GetRelativePath(Path, location).Replace(IOPath.DirectorySeparatorChar, '/')
        : RemoteAt(location) is { } mounted ? $"{mounted.Address}/{mounted.PathOf(location)}"
        : location;

    /// <summary>The place that a report calls so: the other way round of <see cref="Name"/>.</summary>
    public HubPath Named(string name) =>
        Remotes().FirstOrDefault(folder => name.StartsWith(folder.Address + "/", StringComparison.Ordinal)) is { } mounted
            ? Shown(mounted, name, name[(mounted.Address.Length + 1)..])
        : IOPath.IsPathRooted(name) ? new HubPath(name, IOPath.GetDirectoryName(name)!, IOPath.GetFileName(name), _ => false, () => { })
        : new HubPath(name, Path, name, _ => false, () => Show(name));

    private static HubPath Shown(RemoteFolder remote, string name, string path) =>
        new(name, remote.Folder, path, _ => false, () => remote.Show(path));

    /// <summary>The schema file that a reference names, absolute: in the document's layer folder, else in <c>config/common</c>. Reports and returns null when there is none.</summary>
    public string? Schema(string reference, DocumentAddress address, SourceLocation at, Diagnostics findings)
    {
        string[] folders = [$"{Applications}/{address.App}/{address.Layer}", Common];
        foreach (var folder in folders)
        {
            if (Resolve(reference, folder, at, findings) is not { } path)
                return null;
            if (File.Exists(path.Location))
                return path.Location;
        }
        var near = NearestName.Hint(reference, folders.SelectMany(f => FilesBelow(f, "schemas")));
        findings.Add(Rule.MissingFile, at, $"there is no schema '{reference}' in {folders[0]} nor in {Common}", near);
        return null;
    }

    /// <summary>
    /// Where a schema is looked for, or a connection, which is <c>resources/&lt;name&gt;.json</c>: absolute, in that order, whether it is there or not.
    /// None where the path leaves its folder.
    /// </summary>
    public IReadOnlyList<string> Candidates(string path, DocumentAddress address) =>
        [
            .. new[] { $"{Applications}/{address.App}/{address.Layer}", Common }
                .Select(folder => Resolve(path, folder, default, new Diagnostics(), mayBePrivate: true)?.Location)
                .OfType<string>(),
        ];

    /// <summary>The lookup file that a reference names below <c>config/common/lookups</c>, with or without its ending, absolute; null when there is none.</summary>
    /// <exception cref="RunException">The reference leaves the folder.</exception>
    public string? Lookup(string reference)
    {
        var path = OrThrow(findings => Resolve(reference, $"{Common}/lookups", default, findings));
        return LookupEndings.Select(e => path.Location + e).FirstOrDefault(File.Exists);
    }

    /// <summary>The names of the lookup files, as a reference may write them without their endings.</summary>
    public IEnumerable<string> Lookups() =>
        FilesBelow(Common, "lookups").Select(f => IOPath.ChangeExtension(f["lookups/".Length..], null)).Distinct();

    /// <summary>The connection that a <c>connectionRef</c> names: <c>resources/&lt;name&gt;.json</c> of the layer, else of <c>config/common</c>; raw, its <c>${…}</c> not replaced. Null when there is none.</summary>
    /// <exception cref="RunException">The name leaves the folder, or the file is not a JSON object.</exception>
    public JsonElement? Connection(string name, DocumentAddress address)
    {
        foreach (var folder in new[] { $"{Applications}/{address.App}/{address.Layer}/resources", $"{Common}/resources" })
        {
            var path = OrThrow(findings => Resolve(name + ".json", folder, default, findings, mayBePrivate: true));
            if (ConfigFile.Read<Dictionary<string, JsonElement>>(Path, IOPath.GetRelativePath(Path, path.Location)) is { } connection)
                return JsonSerializer.SerializeToElement(connection);
        }
        return null;
    }

    /// <summary>The names of the connections that a document can refer to.</summary>
    public IEnumerable<string> Connections(DocumentAddress address) =>
        new[] { $"{Applications}/{address.App}/{address.Layer}", Common }
            .SelectMany(f => FilesBelow(f, "resources"))
            .Where(f => f.EndsWith(".json", StringComparison.Ordinal))
            .Select(f => f["resources/".Length..^".json".Length])
            .Distinct();

    /// <summary>
    /// The connection that stands in for a <c>jdbcUrl</c> in this hub, so that one document runs on another database here: the value of this
    /// key in <c>config/connections.json</c>, raw. Null when none does.
    /// </summary>
    /// <exception cref="RunException">The file is not a JSON object.</exception>
    public JsonElement? StandIn(string jdbcUrl) =>
        ConfigFile.Read<Dictionary<string, JsonElement>>(Path, "config/connections.json")?.TryGetValue(jdbcUrl, out var connection) == true
            ? connection
            : null;

    private HubPath? Resolve(string path, string relativeTo, SourceLocation at, Diagnostics findings, bool mayBePrivate = false)
    {
        if (path.Length == 0 || path.Contains('\0', StringComparison.Ordinal))
            return Refuse("the path is empty or holds a NUL character", "name a file or folder");
        if (path.Contains('\\', StringComparison.Ordinal))
            return Refuse($"the path '{path}' holds a backslash", "write / between its parts");
        string place;
        string rest;
        if (Scheme().IsMatch(path))
        {
            if (FindMount(path, at, findings) is not { } mount)
                return null;
            (place, rest) = mount;
        }
        else if (path[0] == '/' || IOPath.IsPathRooted(path) || (path.Length > 1 && path[1] == ':'))
            return Refuse(
                $"the path '{path}' is absolute",
                $"make it relative to {(relativeTo.Length == 0 ? "the hub root" : relativeTo)}, or mount it"
            );
        else
            (place, rest) = (relativeTo.Length == 0 ? Path : Locate(relativeTo), path);
        foreach (var part in rest.Split('/'))
            if (part == "..")
                return Refuse($"the path '{path}' holds '..'", "a path goes down only");
            else if (part.Length > 1 && part[0] == '.')
                return Refuse($"the path '{path}' names '{part}', which is hidden", "names that begin with a dot are the hub's own");
        var real = RealPath.Of(place);
        return new HubPath(path, real, rest, location => !mayBePrivate && IsPrivate(location), () => ShowWithin(real, rest));

        HubPath? Refuse(string message, string hint)
        {
            findings.Add(Rule.PathRefused, at, message, hint);
            return null;
        }
    }

    private void ShowWithin(string place, string rest)
    {
        if (RemoteAt(place) is { } folder)
            folder.Show(place == folder.Folder ? rest : $"{folder.PathOf(place)}/{rest}");
    }

    private (string, string)? FindMount(string address, SourceLocation at, Diagnostics findings)
    {
        try
        {
            if (Mounts.Find(address) is { } mount)
                return mount;
            var known = string.Join(", ", Mounts.Prefixes);
            findings.Add(
                Rule.NotMounted,
                at,
                $"no mount covers '{address}'",
                known.Length == 0 ? $"map its prefix to a folder in {Mounts.File}" : $"mounted in {Mounts.File}: {known}"
            );
        }
        catch (RunException e)
        {
            findings.Add(Rule.NotMounted, at, e.Message, e.Hint);
        }
        return null;
    }

    /// <summary>Whether a place, its links followed, holds what no document may read: connections with their passwords, the hub's own dot folders.</summary>
    private bool IsPrivate(string location) =>
        RealPath.IsWithin(location, Path)
        && PrivatePlace().IsMatch(IOPath.GetRelativePath(Path, location).Replace(IOPath.DirectorySeparatorChar, '/'));

    private static HubPath OrThrow(Func<Diagnostics, HubPath?> resolve)
    {
        var findings = new Diagnostics();
        return resolve(findings) ?? throw new RunException(findings.First().Message, findings.First().Hint);
    }

    private IEnumerable<string> FilesBelow(string folder, string below) => Glob.Parse($"{below}/**/*").Files(Locate(folder), RefuseLinkOut);

    [GeneratedRegex(@"^[A-Za-z][A-Za-z0-9+.-]+:")]
    private static partial Regex Scheme();

    [GeneratedRegex(
        @"(^|/)\.|^config/(applications/[^/]+/[^/]+|common)/resources/|^config/(connections|mounts)\.json$",
        RegexOptions.IgnoreCase
    )]
    private static partial Regex PrivatePlace();
}
