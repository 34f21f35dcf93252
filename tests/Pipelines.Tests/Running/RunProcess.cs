using System.Diagnostics;
using ServerlessHub.Pipelines.Connectors;
using ServerlessHub.Pipelines.Definitions;
using ServerlessHub.Pipelines.Running;

namespace ServerlessHub.Pipelines.Tests.Running;

/// <summary>This program, started by a test as a run in a process of its own, so that it can be killed.</summary>
internal static class RunProcess
{
    /// <summary>What the process ends with where another run of the pipeline holds the lock.</summary>
    public const int Locked = 3;

    /// <summary>Runs a pipeline of a hub root and says what happens, a line each.</summary>
    public static int Main(string[] args)
    {
        var root = new HubRoot(args[0]);
        var document = DocumentFile.Read(root, root.Document(DocumentKind.Pipeline, args[1]), new Diagnostics())!;
        try
        {
            var report = new PipelineRunner(root, new RunOptions { Threads = 2 }, TimeProvider.System).Run(
                new RunRequest(document),
                new Teller()
            );
            Console.WriteLine(report.Error ?? "done");
            return report.Status == RunStatus.Succeeded ? 0 : 1;
        }
        catch (RunException e) when (e.IsTransient)
        {
            Console.WriteLine(e.Message);
            return Locked;
        }
    }

    /// <summary>Starts it.</summary>
    /// <param name="root">The hub root: a folder or an address.</param>
    /// <param name="pipeline">The pipeline.</param>
    public static Process Start(string root, string pipeline) =>
        Process.Start(
            new ProcessStartInfo("dotnet", [typeof(RunProcess).Assembly.Location, root, pipeline]) { RedirectStandardOutput = true }
        )!;

    /// <summary>Waits for some lines and a little work, which no clock measures, and kills the process without warning.</summary>
    public static void Kill(Process victim, int afterLines, Random random)
    {
        for (var line = 0; line < afterLines && victim.StandardOutput.ReadLine() is not null; line++) { }
        Thread.SpinWait(random.Next(afterLines == 0 ? 50_000_000 : 2_000_000));
        victim.Kill();
        victim.WaitForExit();
    }

    private sealed class Teller : IProgress<RunEvent>
    {
        public void Report(RunEvent value)
        {
            if (value is not StageProgress)
                Console.WriteLine(value.GetType().Name);
        }
    }
}
