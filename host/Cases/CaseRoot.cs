using System.Xml;
using System.Xml.Linq;
using ServerlessHub.Engine;
using ServerlessHub.Lake;
using ServerlessHub.Pipelines.Running;

namespace ServerlessHub.Host.Cases;

/// <summary>The fresh hub root that a case runs in; it goes with the case.</summary>
internal sealed class CaseRoot : IDisposable
{
    // A key of its own, the same in every case and on every machine, so that tokens can be expected.
    private const string MaskingKey = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("hub-test-");
    private readonly TestCase testCase;
    private readonly Dictionary<TableName, long> given = [];

    /// <summary>Makes the root: the surrounding hub's configuration if its document is tested, the case's own, its input, its tables.</summary>
    /// <exception cref="CommandException">The case lacks something, or is not as it should be.</exception>
    public CaseRoot(TestCase testCase, CaseSettings settings, Connection connection)
    {
        this.testCase = testCase;
        GiveKey();
        Document = settings.Pipeline ?? settings.Stream ?? "";
        IsStream = settings.Stream is not null || File.Exists(Path.Combine(testCase.Folder, TestCase.Stream));
        if (Document.Length > 0)
            Copy(Path.Combine(Surrounding(testCase), "config"), "config");
        Copy(Path.Combine(testCase.Folder, "config"), "config");
        var document = Path.Combine(testCase.Folder, IsStream ? TestCase.Stream : TestCase.Pipeline);
        if (File.Exists(document))
            Document = Place(document, settings.App);
        Directory.CreateDirectory(Path.Combine(folder.FullName, "config", "applications"));
        Root = new HubRoot(folder.FullName);
        LayOver("input");
        GiveTables(settings.App, connection);
    }

    /// <summary>The root.</summary>
    public HubRoot Root { get; }

    /// <summary>The name by which the root knows the case's pipeline or stream.</summary>
    public string Document { get; }

    /// <summary>Whether it is a stream.</summary>
    public bool IsStream { get; }

    /// <summary>Lays the files of a folder of the case over the root.</summary>
    public void LayOver(string input) =>
        Copy(Path.Combine(testCase.Folder, input), "", except: Path.Combine(testCase.Folder, input, "tables"));

    /// <summary>The tables that the runs have made or changed.</summary>
    public IEnumerable<TableName> Written() =>
        Named.Tables(Root).Where(t => !given.TryGetValue(t, out var version) || LakeTable.Read(Root, t).Version > version);

    public void Dispose() => folder.Delete(recursive: true);

    private string Place(string document, string app)
    {
        var (layer, id) = Names(document);
        var place = $"config/applications/{app}/{layer}";
        Write($"{place}/{(IsStream ? "streams" : "pipelines")}/{Path.GetFileName(document)}", File.ReadAllText(document));
        Copy(Path.Combine(testCase.Folder, "schemas"), $"{place}/schemas");
        return $"{app}/{layer}/{id}";
    }

    /// <summary>Where a document belongs and what it is called, as far as it can be read; what is wrong with it the run will say.</summary>
    private static (string Layer, string Id) Names(string document)
    {
        try
        {
            using var reader = XmlReader.Create(document);
            var root = XDocument.Load(reader).Root!;
            var layer = root.Attribute("layer")?.Value;
            return (
                Pipelines.Definitions.PipelineSpec.Layers.Contains(layer) ? layer! : "staging",
                root.Attribute("id")?.Value ?? Path.GetFileNameWithoutExtension(document)
            );
        }
        catch (XmlException)
        {
            return ("staging", Path.GetFileNameWithoutExtension(document));
        }
    }

    private void GiveKey()
    {
        var file = Path.Combine(folder.FullName, ".hub", "secrets", "masking-key");
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using var writer = new StreamWriter(file, options);
        writer.Write(MaskingKey);
    }

    private void GiveTables(string app, Connection connection)
    {
        var tables = new DirectoryInfo(Path.Combine(testCase.Folder, "input", "tables"));
        foreach (var file in tables.Exists ? tables.GetFiles("*.csv") : [])
        {
            var name = Path.GetFileNameWithoutExtension(file.Name);
            var table =
                TableName.Parse(name, app)
                ?? throw new CommandException(ExitCode.Invalid, $"{file.FullName}: '{name}' is no table", "name the file layer.table.csv");
            LakeTable.Open(Root, table).Write(connection, CaseRows.Scan(file.FullName), new WriteOptions { TransactionId = "case" });
            given[table] = LakeTable.Read(Root, table).Version;
        }
    }

    private static string Surrounding(TestCase testCase) =>
        HubRootLocation.Upwards(testCase.Folder)
        ?? throw CommandException.NotFound(
            $"{testCase.Name} tests a document of the hub root around it, but it is in none",
            "put the case below a hub root, or give it a pipeline.xml or stream.xml"
        );

    private void Write(string path, string content)
    {
        var file = Path.Combine(folder.FullName, path);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, content);
    }

    private void Copy(string from, string to, string? except = null)
    {
        if (!Directory.Exists(from))
            return;
        foreach (var file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            if (except is not null && file.StartsWith(except + Path.DirectorySeparatorChar, StringComparison.Ordinal))
                continue;
            var target = Path.Combine(folder.FullName, to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target, overwrite: true);
        }
    }
}
