using System.Text.RegularExpressions;
using ServerlessHub.Tests.Shared;
using YamlDotNet.RepresentationModel;

namespace ServerlessHub.Infra.Tests;

/// <summary>Holds the workflows to the repository they run in, and to what they may do there.</summary>
public sealed partial class WorkflowTests
{
    private static readonly string Folder = Repository.PathOf(".github", "workflows");

    public static TheoryData<string> Workflows => [.. Directory.GetFiles(Folder, "*.yml").Select(f => Path.GetFileName(f))];

    [Theory]
    [MemberData(nameof(Workflows))]
    public void Every_script_that_a_step_runs_is_there_and_may_be_run(string workflow)
    {
        var scripts = Steps(Read(workflow))
            .Select(step => Text(step, "run"))
            .OfType<string>()
            .SelectMany(run => Scripts().Matches(run).Select(m => m.Groups[1].Value.Replace('\\', '/')));
        Assert.All(
            scripts,
            script =>
            {
                var file = new FileInfo(Repository.PathOf(script));
                Assert.True(file.Exists, $"{workflow} runs {script}, which is not there");
                Assert.True(
                    script.EndsWith(".cmd", StringComparison.Ordinal)
                        || OperatingSystem.IsWindows()
                        || file.UnixFileMode.HasFlag(UnixFileMode.UserExecute),
                    $"{script} may not be run"
                );
            }
        );
    }

    [Theory]
    [MemberData(nameof(Workflows))]
    public void Every_action_is_pinned_to_a_commit(string workflow) =>
        Assert.All(Steps(Read(workflow)).Select(step => Text(step, "uses")).OfType<string>(), uses => Assert.Matches(Pinned(), uses));

    [Theory]
    [MemberData(nameof(Workflows))]
    public void A_workflow_may_read_and_only_the_job_that_must_may_more(string workflow)
    {
        var root = Read(workflow);
        var permissions = (YamlMappingNode)root["permissions"];
        Assert.Equal(["contents=read"], permissions.Select(p => $"{p.Key}={p.Value}"));
        foreach (var (name, job) in Jobs(root))
        {
            Assert.True(Text(job, "timeout-minutes") is not null, $"{workflow}: {name} may run for ever");
            var writes = job.Children.TryGetValue("permissions", out var own)
                ? ((YamlMappingNode)own).Where(p => p.Value.ToString() == "write").Select(p => p.Key.ToString()).ToArray()
                : [];
            Assert.True(
                writes.Length == 0 || Allowed.Contains((workflow, name)),
                $"{workflow}: {name} may write {string.Join(", ", writes)}"
            );
        }
    }

    [Theory]
    [MemberData(nameof(Workflows))]
    public void Nothing_that_others_choose_is_pasted_into_a_script(string workflow) =>
        Assert.All(
            Steps(Read(workflow)).Select(step => Text(step, "run")).OfType<string>(),
            run => Assert.DoesNotContain("${{", run, StringComparison.Ordinal)
        );

    [Fact]
    public void Whatever_is_deployed_waits_for_its_environment_and_logs_in_without_a_secret()
    {
        var deploy = Jobs(Read("deploy.yml")).Single(j => j.Name == "deploy").Job;

        Assert.Equal("${{ inputs.environment }}", Text(deploy, "environment"));
        Assert.DoesNotContain("secrets.", File.ReadAllText(Path.Combine(Folder, "deploy.yml")), StringComparison.Ordinal);
        Assert.Contains(
            Steps(Read("deploy.yml")),
            step => Text(step, "uses")?.StartsWith("azure/login@", StringComparison.Ordinal) == true
        );
    }

    [Fact]
    public void Dependencies_of_every_kind_are_watched()
    {
        var updates = (YamlSequenceNode)ReadFile(Repository.PathOf(".github", "dependabot.yml"))["updates"];

        Assert.Equal(["github-actions", "npm", "nuget"], updates.Select(u => u["package-ecosystem"].ToString()).Order());
        var folders = updates.Where(u => u["package-ecosystem"].ToString() == "npm").SelectMany(u => (YamlSequenceNode)u["directories"]);
        Assert.All(folders, f => Assert.True(File.Exists(Repository.PathOf(f.ToString().TrimStart('/'), "package.json")), f.ToString()));
    }

    private static readonly HashSet<(string, string)> Allowed =
    [
        ("deploy.yml", "what-if"),
        ("deploy.yml", "deploy"),
        ("release.yml", "publish"),
        ("codeql.yml", "analyze"),
    ];

    private static YamlMappingNode Read(string workflow) => ReadFile(Path.Combine(Folder, workflow));

    private static YamlMappingNode ReadFile(string path)
    {
        var yaml = new YamlStream();
        using var reader = File.OpenText(path);
        yaml.Load(reader);
        return (YamlMappingNode)yaml.Documents.Single().RootNode;
    }

    private static IEnumerable<(string Name, YamlMappingNode Job)> Jobs(YamlMappingNode workflow) =>
        ((YamlMappingNode)workflow["jobs"]).Select(j => (j.Key.ToString(), (YamlMappingNode)j.Value));

    private static IEnumerable<YamlMappingNode> Steps(YamlMappingNode workflow) =>
        Jobs(workflow).SelectMany(j => (YamlSequenceNode)j.Job["steps"]).Cast<YamlMappingNode>();

    private static string? Text(YamlMappingNode node, string key) =>
        node.Children.TryGetValue(key, out var value) ? value.ToString() : null;

    [GeneratedRegex(@"(?<![\w/.])\.[/\\]([\w./\\-]+)")]
    private static partial Regex Scripts();

    [GeneratedRegex("^[\\w-]+/[\\w./-]+@[0-9a-f]{40}$")]
    private static partial Regex Pinned();
}
