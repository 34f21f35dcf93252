using ServerlessHub.Engine;
using ServerlessHub.Lake.Storage;
using ServerlessHub.Pipelines.Connectors;
using ServerlessHub.Pipelines.Planning;

namespace ServerlessHub.Pipelines.Running;

/// <summary>One attempt of one run: opened, computed, staged, committed, in that order and never back.</summary>
internal sealed class PipelineRun : IDisposable
{
    private readonly RunOptions options;
    private readonly TimeProvider time;
    private readonly RunRequest request;
    private readonly HubRoot root;
    private readonly SourceState state;
    private readonly StorageLock running;
    private readonly IProgress<RunEvent>? watcher;
    private readonly string runId;
    private readonly string workFolder;
    private readonly DateTimeOffset started;
    private readonly PipelineValidator validator;
    private readonly Dictionary<string, OpenedSource> sources = [];
    private readonly List<RunTarget> targets = [];
    private readonly Dictionary<string, ReadOutcome> outcomes = [];
    private readonly List<TargetReport> written = [];
    private readonly RowCounts counts;
    private Validation? validation;
    private BoundPipeline? bound;
    private RunEngine? engine;
    private bool isCommitting;

    public PipelineRun(
        HubRoot root,
        RunOptions options,
        TimeProvider time,
        RunRequest request,
        SourceState state,
        StorageLock running,
        IProgress<RunEvent>? watcher
    )
    {
        this.running = running;
        (this.root, this.options, this.time, this.request, this.state, this.watcher) = (root, options, time, request, state, watcher);
        started = time.GetUtcNow();
        counts = new RowCounts(sources);
        runId = request.RunId ?? RunId.New(time);
        workFolder = MakeWorkFolder(root, options, request.Document.Address, runId);
        validator = new PipelineValidator(root, time);
    }

    /// <summary>Executes the attempt and reports it, whatever became of it.</summary>
    /// <exception cref="InvalidDocumentException">The document or its parameters are wrong.</exception>
    public RunReport Execute(CancellationToken cancellation)
    {
        validation = validator.Validate(request.Document, request.Parameters, new RunIdentity(runId, request.Attempt, started));
        if (validation.Findings.HasErrors)
            throw new InvalidDocumentException(validation.Findings);
        bound = validation.Bound!;
        try
        {
            Open();
            if (targets.TrueForAll(t => t.Opened.IsCommitted))
                state.Complete(runId);
            else
                Compute(cancellation);
            return Report(RunStatus.Succeeded);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            return Report(RunStatus.Cancelled) with
            {
                Error = "the run was cancelled",
                Hint = written.Count == 0 ? "nothing was written" : Remains(),
            };
        }
        catch (Exception e) when (RunFailure.Explain(e, bound) is { } failure)
        {
            ForgetWhatNeverTookEffect();
            return Report(RunStatus.Failed) with { Error = failure.Message, Hint = WhatToDo(failure), IsTransient = failure.MayPass };
        }
    }

    public void Dispose()
    {
        foreach (var target in targets)
            target.Opened.Dispose();
        foreach (var source in sources.Values)
            source.Dispose();
        engine?.Dispose();
        validator.Dispose();
        if (Directory.Exists(workFolder))
            Directory.Delete(workFolder, recursive: true);
        if (
            Path.GetDirectoryName(workFolder) is { } folder
            && Directory.Exists(folder)
            && !Directory.EnumerateFileSystemEntries(folder).Any()
        )
            Directory.Delete(folder);
    }

    /// <summary>A folder for this run. The pipeline's lock is held, so whatever other runs of it left there belongs to processes that died.</summary>
    private static string MakeWorkFolder(HubRoot root, RunOptions options, DocumentAddress address, string runId)
    {
        var all = options.WorkFolder ?? Path.Combine(root.Path, ".hub", "work");
        var folder = Path.Combine(all, $"{address.App}.{address.Layer}.{address.Id}");
        if (Directory.Exists(folder))
            Directory.Delete(folder, recursive: true);
        return Directory.CreateDirectory(Path.Combine(folder, runId)).FullName;
    }

    private void Open()
    {
        var context = validation!.ForRun(runId, workFolder, state);
        foreach (var target in bound!.Targets)
            targets.Add(new RunTarget(target, target.Kind.Open(target, context)));
        var needed = PlanCompiler.NeededSources(bound);
        foreach (var source in bound.Sources.Where(s => needed.Contains(s.Name)))
            sources[source.Name] = source.Kind.Open(source.Element, source.Dataset.Columns, context);
    }

    private void Compute(CancellationToken cancellation)
    {
        // What this run has committed already is not computed again; the rest of the pipeline is compiled as if that were all of it.
        var open = targets.Where(t => !t.Opened.IsCommitted).ToArray();
        engine = new RunEngine(options, workFolder, watcher);
        foreach (var source in sources.Values)
            source.Attach(engine.Connection);
        var plan = PlanCompiler.Compile(bound! with { Targets = [.. open.Select(t => t.Target)] }, sources);
        PlanFunctions.Register(engine.Connection, bound, root, validation!.Findings);
        ParameterVariables.Set(engine.Connection, validation!.Values);
        foreach (var target in open)
            target.Observe(engine.Connection);
        engine.Seal(sources.Values, [.. open.Select(t => t.Opened)], workFolder);

        var number = 0;
        foreach (var statement in plan.Statements)
        {
            var target = statement is TargetQuery query ? open.First(t => t.Target == query.Target) : null;
            var text = target is null ? $"compute {statement.Dataset.Name}" : $"write {target.Target.Name}";
            watcher?.Report(new StageStarted(++number, plan.Statements.Count, text));
            using var span = PipelineTelemetry.Source.StartActivity(text);
            Execute(statement, target, cancellation);
            counts.Take(engine.Connection.LastProfile, statement, plan.Tables);
        }
        FinishSources(cancellation);
        Commit(open, cancellation);
    }

    private void Execute(PlanStatement statement, RunTarget? target, CancellationToken cancellation)
    {
        try
        {
            if (statement is Materialization materialization)
                engine!.Materialize(materialization, cancellation);
            else
                engine!.Watch(() => target!.Stage(engine.Connection, statement.Sql, cancellation));
        }
        catch (EngineException e)
        {
            // Only a source knows which line of which file the engine means.
            if (
                sources.Values.Select(s => s.Explain(e, engine!.Connection, cancellation)).FirstOrDefault(x => x is not null) is
                { } explained
            )
                throw explained;
            throw;
        }
    }

    /// <summary>
    /// A run that had begun to commit and of which no target has anything is not owed to anybody: kept pending, what fails it now would stand before
    /// every later run.
    /// </summary>
    private void ForgetWhatNeverTookEffect()
    {
        if (
            state.Pending?.RunId == runId
            && !isCommitting
            && targets.Count == bound!.Targets.Count
            && targets.TrueForAll(t => !t.Opened.IsCommitted)
        )
            state.Abandon();
    }

    private void FinishSources(CancellationToken cancellation)
    {
        foreach (var (name, source) in sources)
        {
            var outcome = outcomes[name] = source.Finish(engine!.Connection);
            if (outcome.RejectsSql is { } rejects && Quarantine(name) is { } target)
                target.Opened.StageRejects(engine.Connection, rejects, cancellation);
        }
    }

    /// <summary>The first table that a source feeds: the one beside which its bad rows are kept.</summary>
    private RunTarget? Quarantine(string source) => targets.Find(t => t.Opened.TakesRejects && t.Target.Dataset.Reads(source));

    private void Commit(IReadOnlyList<RunTarget> open, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        if (!running.IsHeld)
            throw new RunException(
                "the storage was out of reach for so long that another run of this pipeline may have begun",
                "run it again",
                isTransient: true
            );
        isCommitting = true;
        state.Begin(new PendingRun(runId, request.Attempt, RepeatableParameters()));
        foreach (var target in open)
        {
            // A commit is not cancelled half way: it is short, and what is staged is complete.
            using var span = PipelineTelemetry.Source.StartActivity($"commit {target.Target.Name}");
            var report = target.Commit(validation!.Context!);
            written.Add(report);
            counts.Take(target.Target.Dataset, report.Rows);
            watcher?.Report(new TargetCommitted(report));
        }
        state.Complete(runId);
    }

    /// <summary>The parameters by which the run can be done again to the letter: the time it began is one of them.</summary>
    private Dictionary<string, string> RepeatableParameters() =>
        new(request.Parameters) { ["runTime"] = validation!.Values.Text("runTime")!, ["runDate"] = validation.Values.Text("runDate")! };

    private string? WhatToDo(RunFailure failure) =>
        written.Count > 0 ? string.Join("; ", new[] { failure.Hint, Remains() }.OfType<string>())
        : failure.MayPass ? failure.Hint ?? Remains()
        : failure.Hint;

    private string Remains() =>
        written.Count == 0
            ? "nothing was written; run it again when the cause is gone"
            : $"{written.Count} of {targets.Count} targets are committed; run it again to finish the others, nothing is written twice";

    private RunReport Report(RunStatus status) =>
        new()
        {
            RunId = runId,
            Attempt = request.Attempt,
            App = request.Document.Address.App,
            Layer = request.Document.Address.Layer,
            Pipeline = request.Document.Address.Id,
            Version = validation!.Document!.Version,
            Revision = request.Document.Revision,
            Status = status,
            Started = started,
            Ended = time.GetUtcNow(),
            Parameters = validation.Values.Types.Keys.ToDictionary(n => n, validation.Values.Text),
            Sources = [.. bound!.Sources.Where(s => sources.ContainsKey(s.Name)).Select(Read)],
            Datasets =
            [
                .. bound.Datasets.Select(d => new DatasetReport(
                    d.Name,
                    d.Element.Name,
                    d.Element.Location.Line,
                    counts.In(d),
                    counts.Out(d)
                )),
            ],
            Targets = Written(),
            Findings = [.. validation.Findings],
        };

    /// <summary>What is committed: by this attempt, or by an earlier one of the run.</summary>
    private TargetReport[] Written() =>
        [
            .. targets
                .Select(t => written.Find(w => w.Name == t.Target.Name) ?? (t.Opened.IsCommitted ? t.Commit(validation!.Context!) : null))
                .OfType<TargetReport>(),
        ];

    private SourceReport Read(BoundSource source)
    {
        var opened = sources[source.Name];
        return new SourceReport(
            source.Name,
            source.Element.Name,
            counts.Out(source.Dataset),
            outcomes.GetValueOrDefault(source.Name, ReadOutcome.Clean).RejectedRows,
            opened.Files,
            opened.Bytes
        );
    }
}
