using ServerlessHub.Streams.Tests.Kafka;
using ServerlessHub.Streams.Tests.Processing;
using ServerlessHub.Tests.Shared;

namespace ServerlessHub.Streams.Tests;

/// <summary>This program, started by a test as a process of its own.</summary>
internal static class TestProcess
{
    public static async Task<int> Main(string[] args)
    {
        switch (args)
        {
            case [MockBroker.Name]:
                return MockCluster.Run();
            case [StreamProcess.Name, var root]:
                return StreamProcess.Run(root);
            case [PhasesProcess.Name, var folder, var count, var seed]:
                return PhasesProcess.Run(folder, count, seed);
            default:
                await Console.Error.WriteLineAsync($"What is this process to do? {string.Join(' ', args)}");
                return 2;
        }
    }
}
