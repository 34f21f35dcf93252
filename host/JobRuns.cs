using ServerlessHub.Host.Commands;
using ServerlessHub.Host.Output;
using ServerlessHub.Host.Serving;
using ServerlessHub.Orchestrations;
using ServerlessHub.Orchestrations.Runs;
using ServerlessHub.Pipelines.Running;

namespace ServerlessHub.Host;

/// <summary>Starts runs of jobs and stays with them until they have ended.</summary>
internal static class JobRuns
{
    /// <summary>Runs a job, as <c>hub run</c> does.</summary>
    /// <exception cref="DocumentRefusedException">The document or a parameter is wrong.</exception>
    public static ExitCode Run(Invocation invocation, HubRoot root, HubDocument document, RunOptions budget)
    {
        var options = new JobHubOptions { MemoryLimitBytes = budget.MemoryLimitBytes };
        return Within(
            root,
            options,
            async session =>
            {
                try
                {
                    var runId = await session.Start(document, invocation.Parameters(), invocation.Cancellation);
                    return await Follow(invocation, session, runId);
                }
                catch (InvalidDocumentException e)
                {
                    throw new DocumentRefusedException(root, document, e.Findings);
                }
            }
        );
    }

    /// <summary>Does something in the session that a hub root has.</summary>
    public static T Within<T>(HubRoot root, JobHubOptions options, Func<JobSession, Task<T>> work)
    {
        return Open().GetAwaiter().GetResult();

        async Task<T> Open()
        {
            await using var session = JobSession.Open(root, options);
            return await work(session);
        }
    }

    /// <summary>
    /// Shows a run until it has ended. Ctrl-C cancels one that ends with this process, and only the watching of one that does not. One that ends with this
    /// process and waits for a person is left: it goes on with the command that decides.
    /// </summary>
    public static async Task<ExitCode> Follow(Invocation invocation, JobSession session, string runId)
    {
        var run = await Stay(invocation, session, runId);
        JobRunText.WriteResult(invocation, run);
        if (!run.HasEnded && !session.RunsEndHere)
            invocation.Terminal.Error.WriteLine($"the run goes on in the server: 'hub runs watch {runId}', or 'hub runs cancel {runId}'");
        invocation.Terminal.Output.Flush();
        return CodeOf(run);
    }

    /// <summary>As <see cref="Follow"/>, and leaves it to the caller to write what came of the run.</summary>
    public static async Task<JobRun> Stay(Invocation invocation, JobSession session, string runId)
    {
        var isOver = session.RunsEndHere ? OrWaits() : run => run.HasEnded;
        var run = JobRunWatch.Follow(invocation.Terminal, () => session.Find(runId), session.ShapeOf, isOver, invocation.Cancellation);
        if (invocation.Cancellation.IsCancellationRequested && !run.HasEnded && session.RunsEndHere)
        {
            await session.Cancel(runId, stop: true, CancellationToken.None);
            run = JobRunWatch.Follow(
                invocation.Terminal,
                () => session.Find(runId),
                session.ShapeOf,
                run => run.HasEnded,
                CancellationToken.None
            );
        }
        await session.Finish(runId);
        return run;
    }

    /// <summary>Whether a run has ended or does nothing but wait for a person. What has just begun is not written down at once, so it is asked for some time.</summary>
    private static Func<JobRun, bool> OrWaits()
    {
        const int asked = 8;
        var waited = 0;
        return run =>
        {
            var open = run.Nodes.Where(n => !n.HasEnded).ToArray();
            waited = open.Length > 0 && open.All(n => n.Status == NodeStatus.WaitingForApproval) ? waited + 1 : 0;
            return run.HasEnded || waited >= asked;
        };
    }

    /// <summary>What a process ends with that has shown a run.</summary>
    public static ExitCode CodeOf(JobRun run) =>
        run.Status switch
        {
            JobStatus.Completed or JobStatus.Queued or JobStatus.Running => ExitCode.Done,
            JobStatus.Cancelled => ExitCode.Cancelled,
            _ => ExitCode.Failed,
        };
}
