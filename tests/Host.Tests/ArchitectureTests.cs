using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace ServerlessHub.Host.Tests;

/// <summary>Holds the shape of the tree: who may know whom, and where the outside and unsafe code may be touched.</summary>
public sealed partial class ArchitectureTests
{
    /// <summary>Each layer, and the layers it may know. Arrows never turn round.</summary>
    private static readonly Dictionary<string, string[]> MayKnow = new()
    {
        ["engine"] = [],
        ["lake"] = ["engine"],
        ["pipelines"] = ["lake", "engine"],
        ["streams"] = ["pipelines", "lake", "engine"],
        ["orchestrations"] = ["pipelines", "lake", "engine"],
        ["api"] = ["orchestrations", "streams", "pipelines", "lake", "engine"],
        ["samples"] = ["engine"],
        ["functions"] = ["api", "orchestrations", "streams", "pipelines", "lake", "engine"],
        ["host"] = ["api", "orchestrations", "streams", "pipelines", "samples", "lake", "engine"],
    };

    private static string Root { get; } = FindRoot();

    [Fact]
    public void Every_layer_knows_only_those_below_it()
    {
        foreach (var (layer, allowed) in MayKnow)
        {
            var known = References(layer).ToArray();
            Assert.All(known, k => Assert.True(allowed.Contains(k), $"{layer}/ references {k}/, which it must not know"));
        }
    }

    [Fact]
    public void Every_project_beside_the_tests_is_a_layer_of_the_design()
    {
        var folders = Directory
            .GetDirectories(Root)
            .Where(d => Directory.GetFiles(d, "*.csproj").Length > 0)
            .Select(d => Path.GetFileName(d)!);
        Assert.Equal(MayKnow.Keys.Append("benchmarks").Order(), folders.Append("benchmarks").Distinct().Order());
    }

    [Fact]
    public void Unsafe_code_is_only_in_the_engine()
    {
        var elsewhere = Sources()
            .Where(f => !Relative(f).StartsWith("engine/", StringComparison.Ordinal))
            .Where(f => Unsafe().IsMatch(Code(f)));
        Assert.Empty(elsewhere.Select(Relative));
    }

    [Theory]
    [InlineData("pipelines/Definitions")]
    [InlineData("pipelines/Planning")]
    [InlineData("pipelines/Steps")]
    [InlineData("streams/Definitions")]
    [InlineData("streams/Planning")]
    public void Definitions_planning_and_steps_touch_nothing_outside(string folder)
    {
        var outside = Sources()
            .Where(f => Relative(f).StartsWith(folder + "/", StringComparison.Ordinal))
            .Where(f => Outside().IsMatch(Code(f)));
        Assert.Empty(outside.Select(Relative));
    }

    private static IEnumerable<string> References(string layer) =>
        Directory
            .GetFiles(Path.Combine(Root, layer), "*.csproj")
            .SelectMany(p => XDocument.Load(p).Descendants("ProjectReference"))
            .Select(r => r.Attribute("Include")!.Value.Replace('\\', '/').Split('/')[^2]);

    private static IEnumerable<string> Sources() =>
        MayKnow
            .Keys.SelectMany(l => Directory.GetFiles(Path.Combine(Root, l), "*.cs", SearchOption.AllDirectories))
            .Where(f =>
                !Relative(f).Contains("/obj/", StringComparison.Ordinal) && !Relative(f).Contains("/bin/", StringComparison.Ordinal)
            );

    private static string Relative(string file) => Path.GetRelativePath(Root, file).Replace('\\', '/');

    /// <summary>A file's code without comments, where words may stand freely.</summary>
    private static string Code(string file) =>
        string.Join('\n', File.ReadLines(file).Where(l => !l.TrimStart().StartsWith("//", StringComparison.Ordinal)));

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "ServerlessHub.sln")))
            folder = folder.Parent;
        return folder?.FullName ?? throw new InvalidOperationException("The tests do not run below the repository.");
    }

    [GeneratedRegex(@"\bunsafe\b|LibraryImport|UnmanagedCallersOnly|AllowUnsafeBlocks")]
    private static partial Regex Unsafe();

    [GeneratedRegex(
        @"\bFile\.|\bDirectory\.|\bFileStream\b|\bHttpClient\b|\bDateTime(Offset)?\.(Utc)?Now\b|\bNpgsql\b|\bEnvironment\.GetEnvironmentVariable"
    )]
    private static partial Regex Outside();
}
