using ServerlessHub.Host.Output;

namespace ServerlessHub.Host.Commands;

/// <summary><c>hub jobs</c></summary>
internal sealed class JobsCommand : HubCommand
{
    public JobsCommand()
        : base("jobs", "List the jobs with their last run, their next time and their owner.")
    {
        Options.Add(CommonOptions.Root);
        Options.Add(CommonOptions.Json);
        ExitCodes = [ExitCode.NotFound, ExitCode.Failed];
        JsonOutput = typeof(JobListOutput);
        Examples = [("hub jobs", "Every job of the hub root.")];
    }

    public override ExitCode Execute(Invocation invocation)
    {
        var root = invocation.HubRoot();
        using var history = RunArguments.History(root);
        var jobs = JobListOutput.Of(root, history);
        if (invocation.Json)
            invocation.Terminal.WriteRecord(jobs);
        else if (jobs.Jobs.Count == 0)
            invocation.Terminal.Error.WriteLine("there are no jobs yet; they live in config/applications/<app>/<layer>/jobs/");
        else
            invocation.Terminal.Write(JobRunText.Jobs(jobs.Jobs));
        return ExitCode.Done;
    }
}
