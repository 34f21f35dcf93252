using ServerlessHub.Host.Cases;
using ServerlessHub.Tests.Shared;

namespace ServerlessHub.Host.Tests.Cases;

/// <summary>Runs every case below <c>tests/cases</c>: each is also an example of what a document means.</summary>
public sealed class AcceptanceCasesTests
{
    public static TheoryData<string> Names => [.. TestCase.Find(Repository.PathOf("tests", "cases")).Select(c => c.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void What_comes_out_is_what_is_expected(string name)
    {
        using var terminal = new RecordedTerminal();

        var code = CommandLine.Run(["test", Repository.PathOf("tests", "cases", name)], terminal.Terminal, CancellationToken.None);

        Assert.True(code == ExitCode.Done, terminal.Output + terminal.Error);
    }
}
