using ServerlessHub.Engine;
using ServerlessHub.Pipelines.Connectors;
using ServerlessHub.Pipelines.Definitions;
using ServerlessHub.Pipelines.Running;

namespace ServerlessHub.Host.Cases;

/// <summary>Runs a case and compares what came out with what was expected.</summary>
internal static class CaseRun
{
    private const string ErrorFile = "error.txt";

    // Every run of a case begins at this moment, so that what depends on the time comes out the same each time.
    private static readonly DateTimeOffset Moment = new(2024, 1, 31, 12, 0, 0, TimeSpan.Zero);

    /// <summary>Runs a case.</summary>
    /// <param name="testCase">The case.</param>
    /// <param name="update">Whether what came out becomes what is expected.</param>
    /// <param name="cancellation">Cancels it.</param>
    /// <exception cref="CommandException">The case itself is not as it should be.</exception>
    public static CaseResult Execute(TestCase testCase, bool update, CancellationToken cancellation)
    {
        var started = TimeProvider.System.GetTimestamp();
        var settings = CaseSettings.Read(testCase.Folder);
        using var database = Database.Open();
        using var connection = database.Connect();
        connection.Execute("SET TimeZone = 'UTC'", cancellation);
        using var root = new CaseRoot(testCase, settings, connection);
        var (targets, error) = root.IsStream
            ? ([], StreamCase.Run(testCase, root, new FixedTime(Moment), cancellation))
            : Run(root, settings, cancellation);
        // The root is another each time.
        error = error?.Replace(root.Root.Path + Path.DirectorySeparatorChar, "", StringComparison.Ordinal);
        var outputs = Outputs(root, settings, targets, connection);
        if (update)
            Update(testCase, outputs, error);
        var differences = Compare(testCase, outputs, error, connection);
        return new CaseResult(
            testCase.Name,
            testCase.Folder,
            differences.Count == 0,
            TimeProvider.System.GetElapsedTime(started).TotalSeconds,
            differences
        );
    }

    private static (IReadOnlyCollection<(DocumentAddress, TargetReport)> Targets, string? Error) Run(
        CaseRoot root,
        CaseSettings settings,
        CancellationToken cancellation
    )
    {
        var targets = new Dictionary<string, (DocumentAddress, TargetReport)>();
        foreach (var (run, index) in settings.Runs.Select((r, i) => (r, i)))
        {
            if (index > 0)
                root.LayOver($"input.{index + 1}");
            var (address, report, error) = Run(root, settings, run, index, cancellation);
            foreach (var target in report?.Targets ?? [])
                targets[target.Place] = (address, target);
            if (error is not null)
                return (targets.Values, error);
        }
        return (targets.Values, null);
    }

    private static (DocumentAddress, RunReport?, string? Error) Run(
        CaseRoot root,
        CaseSettings settings,
        CaseRunSettings run,
        int index,
        CancellationToken cancellation
    )
    {
        var document = Named.Pipeline(root.Root, run.Pipeline ?? root.Document);
        var findings = new Diagnostics();
        if (DocumentFile.Read(root.Root, document, findings) is not { } file)
            return (document.Address, null, Text(findings));
        var parameters = new Dictionary<string, string>(settings.Parameters);
        foreach (var (name, value) in run.Parameters)
            parameters[name] = value;
        var request = new RunRequest(file) { Parameters = parameters, RunId = run.RunId ?? $"case-{index + 1}" };
        try
        {
            var report = new PipelineRunner(root.Root, new RunOptions(), new FixedTime(Moment)).Run(request, null, cancellation);
            cancellation.ThrowIfCancellationRequested();
            return (document.Address, report, report.Status == RunStatus.Succeeded ? null : Text(report.Error!, report.Hint));
        }
        catch (InvalidDocumentException e)
        {
            return (document.Address, null, Text(e.Findings));
        }
        catch (RunException e)
        {
            return (document.Address, null, Text(e.Message, e.Hint));
        }
    }

    private static List<CaseOutput> Outputs(
        CaseRoot root,
        CaseSettings settings,
        IReadOnlyCollection<(DocumentAddress Address, TargetReport Target)> targets,
        Connection connection
    )
    {
        var tables = root.Written().ToHashSet();
        // The lake's list knows those with a log; a folder of Parquet files has none.
        tables.UnionWith(targets.Select(t => WrittenRows.Table(t.Address, t.Target)).OfType<TableName>());
        var outputs = tables.Select(t => CaseOutput.OfTable(root.Root, t, settings.App, connection)).ToList();
        foreach (var (address, target) in targets)
            if (WrittenRows.Path(target) is { } path)
                outputs.Add(CaseOutput.OfFiles(root.Root, address.App, target.Kind, path, connection));
        return outputs;
    }

    private static List<CaseDifference> Compare(TestCase testCase, List<CaseOutput> outputs, string? error, Connection connection)
    {
        var differences = new List<CaseDifference>();
        if (!Directory.Exists(testCase.Expected))
            differences.Add(new CaseDifference("expected", "there is no folder expected/; 'hub test --update' makes it of what comes out"));
        else if (CompareError(testCase, error) is { } difference)
            differences.Add(difference);
        foreach (var output in outputs)
            if (CaseComparison.Compare(testCase, output, connection) is { } found)
                differences.Add(found);
        var written = outputs.Select(o => o.File).ToHashSet();
        differences.AddRange(
            Kept(testCase)
                .Where(f => !written.Contains(f))
                .Select(f => new CaseDifference(f, "this was expected, but nothing of it came out"))
        );
        return differences;
    }

    private static CaseDifference? CompareError(TestCase testCase, string? error)
    {
        var file = Path.Combine(testCase.Expected, ErrorFile);
        var expected = File.Exists(file) ? File.ReadAllText(file).ReplaceLineEndings("\n").TrimEnd('\n') : null;
        if (expected is null)
            return error is null ? null : new CaseDifference(ErrorFile, $"it failed:\n{error}");
        if (error is null)
            return new CaseDifference(ErrorFile, $"it should have failed:\n{expected}");
        var missing = expected.Split('\n').Where(line => !error.Contains(line.Trim(), StringComparison.Ordinal)).ToList();
        return missing.Count == 0
            ? null
            : new CaseDifference(ErrorFile, $"it failed otherwise than expected:\n{error}\nwithout:\n{string.Join('\n', missing)}");
    }

    private static void Update(TestCase testCase, List<CaseOutput> outputs, string? error)
    {
        foreach (var folder in new[] { "tables", "files" }.Select(f => Path.Combine(testCase.Expected, f)).Where(Directory.Exists))
            Directory.Delete(folder, recursive: true);
        File.Delete(Path.Combine(Directory.CreateDirectory(testCase.Expected).FullName, ErrorFile));
        if (error is not null)
            File.WriteAllText(Path.Combine(testCase.Expected, ErrorFile), error + "\n");
        foreach (var output in outputs)
        {
            var file = Path.Combine(testCase.Expected, output.File);
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            File.WriteAllText(file, output.Content);
        }
    }

    /// <summary>The expected outputs' files, relative to <c>expected/</c>.</summary>
    private static IEnumerable<string> Kept(TestCase testCase) =>
        new[] { "tables", "files" }
            .Select(f => Path.Combine(testCase.Expected, f))
            .Where(Directory.Exists)
            .SelectMany(f => Directory.EnumerateFiles(f, "*", SearchOption.AllDirectories))
            .Select(f => Path.GetRelativePath(testCase.Expected, f).Replace(Path.DirectorySeparatorChar, '/'))
            .Order(StringComparer.Ordinal);

    /// <summary>The errors among findings, as a case expects them.</summary>
    public static string Text(Diagnostics findings) =>
        string.Join(
            '\n',
            findings
                .Where(f => f.Severity == Severity.Error)
                .Select(f => $"{Path.GetFileName(f.Location.ToString())}: {f.Rule.Id}: {f.Message}{(f.Hint is null ? "" : $"; {f.Hint}")}")
        );

    /// <summary>An error, as a case expects it.</summary>
    public static string Text(string message, string? hint) => hint is null ? message : $"{message}; {hint}";

    private sealed class FixedTime(DateTimeOffset moment) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => moment;
    }
}
