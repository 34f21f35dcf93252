using System.CommandLine.Parsing;
using ServerlessHub.Host.Commands;
using ServerlessHub.Tests.Shared;

namespace ServerlessHub.Host.Tests.Reference;

public sealed class CommandReferenceTests
{
    private const string Command = "HUB_UPDATE_REFERENCE=1 dotnet test tests/Host.Tests --filter FullyQualifiedName~CommandReferenceTests";

    public static TheoryData<string> Commands => [.. All(new RootHubCommand()).Select(CommandHelp.Path)];

    [Fact]
    public void The_reference_is_what_the_commands_say()
    {
        var text = CommandReference.Write();
        var path = Repository.PathOf("docs", "cli.md");
        if (Environment.GetEnvironmentVariable("HUB_UPDATE_REFERENCE") == "1")
            File.WriteAllText(path, text);

        Assert.True(File.Exists(path) && File.ReadAllText(path) == text, $"docs/cli.md is stale; write it anew with: {Command}");
    }

    [Theory]
    [MemberData(nameof(Commands))]
    public void Help_fits_80_columns_and_needs_nothing_else(string path)
    {
        var command = All(new RootHubCommand()).Single(c => CommandHelp.Path(c) == path);

        var help = CommandHelp.Text(command);

        Assert.All(help.Split('\n'), line => Assert.True(line.Length <= 80, line));
        Assert.Contains(command.Description!.Split(' ')[0], help, StringComparison.Ordinal);
        Assert.True(command.Subcommands.Count > 0 || command.Examples.Count > 0, $"'{path}' has no example");
        Assert.All(command.Options, o => Assert.False(string.IsNullOrWhiteSpace(o.Description), o.Name));
        Assert.All(command.Arguments, a => Assert.False(string.IsNullOrWhiteSpace(a.Description), a.Name));
        Assert.Equal(command.JsonOutput is not null, command.Options.Contains(CommonOptions.Json));
    }

    [Theory]
    [MemberData(nameof(Commands))]
    public void Every_example_is_a_command_line_that_parses(string path)
    {
        var root = new RootHubCommand();
        var command = All(root).Single(c => CommandHelp.Path(c) == path);

        foreach (var (line, _) in command.Examples)
        {
            var words = CommandLineParser.SplitCommandLine(line).TakeWhile(w => w != ">").Skip(1).Select(w => w.Trim('\''));
            var errors = root.Parse([.. words]).Errors;
            Assert.True(errors.Count == 0, $"{line}: {string.Join(' ', errors)}");
        }
    }

    private static IEnumerable<HubCommand> All(HubCommand command) =>
        command.Subcommands.Cast<HubCommand>().SelectMany(All).Prepend(command);
}
