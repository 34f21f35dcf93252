using System.CommandLine;
using System.Text.RegularExpressions;
using ServerlessHub.Host.Commands;
using ServerlessHub.Tests.Shared;

namespace ServerlessHub.Infra.Tests;

/// <summary>Whoever reads an alert at night types what it says: every command that one names, or a page on operating the hub, is a command.</summary>
public sealed partial class NamedCommandTests
{
    public static TheoryData<string> Texts =>
        ["infra/prometheus/alerts.yml", "infra/alerts/azure-monitor.json", "docs/azure.md", "docs/disaster-recovery.md"];

    [Theory]
    [MemberData(nameof(Texts))]
    public void Every_command_that_is_named_is_one(string file)
    {
        var named = Commands()
            .Matches(File.ReadAllText(Repository.PathOf(file)))
            .Select(m => m.Groups[2].Value.Trim())
            .Distinct()
            .ToArray();

        Assert.NotEmpty(named);
        Assert.All(
            named,
            line =>
            {
                var parsed = new RootHubCommand().Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries));
                Assert.True(
                    parsed.UnmatchedTokens.Count == 0,
                    $"{file}: 'hub {line}': {string.Join(' ', parsed.UnmatchedTokens)} is not known"
                );
                Assert.IsNotType<RootHubCommand>(parsed.CommandResult.Command);
            }
        );
    }

    // In a text between quotes or back quotes; in an example from the line's start to two spaces.
    [GeneratedRegex(@"(['`]|^    (?:\./)?)hub ((?:(?!  )[^'`\n&|>…])+)", RegexOptions.Multiline)]
    private static partial Regex Commands();
}
