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
    public static Process Start(HubRoot root, string pipeline) =>
        Process.Start(
            new ProcessStartInfo("dotnet", [typeof(RunProcess).Assembly.Location, root.Path, pipeline]) { RedirectStandardOutput = true }
        )!;

    private sealed class Teller : IProgress<RunEvent>
    {
        public void Report(RunEvent value)
        {
            if (value is not StageProgress)
                Console.WriteLine(value.GetType().Name);
        }
    }
}
