using System.CommandLine;
using ServerlessHub.Host.Cases;
using ServerlessHub.Host.Output;

namespace ServerlessHub.Host.Commands;

/// <summary><c>hub test</c></summary>
internal sealed class TestCommand : HubCommand
{
    private static readonly Argument<string[]> Folders = new("folders")
    {
        Description = "Cases, or folders of cases; 'tests' unless given.",
        Arity = ArgumentArity.ZeroOrMore,
        HelpName = "folder",
    };

    private static readonly Option<bool> Update = new("--update")
    {
        Description = "Make what comes out what is expected: writes expected/ of each case.",
    };

    public TestCommand()
        : base("test", "Run cases: pipelines and streams with their input, and compare what comes out with what must.")
    {
        Arguments.Add(Folders);
        Options.Add(Update);
        Options.Add(CommonOptions.Json);
        ExitCodes = [ExitCode.Failed, ExitCode.Invalid, ExitCode.NotFound, ExitCode.Cancelled];
        JsonOutput = typeof(TestOutput);
        Details = """
            A case is a folder. Each runs in a hub root of its own, made for it and removed after it, at the same moment (2024-01-31 12:00 UTC) and with
            the same masking key, so that it comes out the same everywhere.

            pipeline.xml is the pipeline. input/ is laid over the hub root: input/landing/a.csv is landing/a.csv there; but
            input/tables/<layer>.<table>.csv becomes a table. config/ and schemas/, if there are some, are the case's own.

            stream.xml instead is a stream, and the lines of events.jsonl the events of a batch, those of events.2.jsonl of the next, and so on: JSON objects,
            or what else a source may bring. Members of its own say where an event comes from: _topic, _partition (0 unless given), _offset (the next one),
            _enqueued_at and _key; _value is the event as text, or null for one without a value.

            expected/tables/<layer>.<table>.csv is a table that must come out: its header has names and types (id:long,name:string), null is nothing and
            the empty string "". expected/files/<path> is a file that must come out, line by line; a folder of parts is one file, in any order.
            expected/error.txt makes it a case that must fail: each of its lines must be in the error. What comes out and is not expected is a
            difference too.

            case.json, if it is there, may hold "pipeline" or "stream" (one of the hub root around the case, instead of pipeline.xml or stream.xml), "app",
            and for a pipeline "parameters" and "runs": a list of runs, each with "pipeline", "runId" and "parameters"; before the second, input.2/ is laid over the root.
            """;
        Examples =
        [
            ("hub test", "Every case below the folder tests."),
            ("hub test tests/customers/latest-wins", "One case."),
            ("hub test tests --update", "After a change that was meant: look at the difference in git before you commit it."),
        ];
    }

    public override ExitCode Execute(Invocation invocation)
    {
        var folders = invocation.Value(Folders)! is { Length: > 0 } given ? given : ["tests"];
        var cases = folders.SelectMany(TestCase.Find).DistinctBy(c => c.Folder).ToList();
        if (cases.Count == 0)
            throw CommandException.NotFound($"there is no case in {string.Join(", ", folders)}", TestCase.Form);
        var results = new List<CaseResult>();
        foreach (var testCase in cases)
        {
            invocation.Cancellation.ThrowIfCancellationRequested();
            var result = CaseRun.Execute(testCase, invocation.Value(Update), invocation.Cancellation);
            results.Add(result);
            if (!invocation.Json)
                CaseText.Write(invocation.Terminal, result);
        }
        var output = new TestOutput(results.Count(r => r.Passed), results.Count(r => !r.Passed), results);
        if (invocation.Json)
            invocation.Terminal.WriteJson(output, OutputJson.Default.TestOutput);
        else
            invocation.Terminal.WriteLine($"{Quantity.Of(results.Count, "case")}: {output.Passed} passed, {output.Failed} failed");
        return output.Failed == 0 ? ExitCode.Done : ExitCode.Failed;
    }
}
