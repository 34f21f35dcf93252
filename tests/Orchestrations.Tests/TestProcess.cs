using ServerlessHub.Orchestrations.Tests.Embedded;

namespace ServerlessHub.Orchestrations.Tests;

/// <summary>This program, started by a test as a process of its own.</summary>
internal static class TestProcess
{
    public static async Task<int> Main(string[] args)
    {
        if (args is [WorkProcess.Name, var folder])
            return await WorkProcess.Run(folder);
        await Console.Error.WriteLineAsync("What is this process to do?");
        return 2;
    }
}
