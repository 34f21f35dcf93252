using System.Diagnostics;

namespace ServerlessHub.Streams.Tests.Kafka;

/// <summary>
/// A broker that speaks the Kafka protocol, of the tests' own: librdkafka's mock cluster, in a process of its own on a free port of the loopback address.
/// A partition keeps its last 5 MB or 100,000 messages. It ends with this process, however that ends.
/// </summary>
internal sealed class MockBroker : IDisposable
{
    public const string Name = "broker";

    private readonly Process _process;

    /// <param name="topic">A topic that it has.</param>
    /// <param name="partitions">The topic's partitions.</param>
    public MockBroker(string topic, int partitions)
    {
        _process = Process.Start(
            new ProcessStartInfo("dotnet", [typeof(MockBroker).Assembly.Location, Name])
            {
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
            }
        )!;
        Servers = _process.StandardOutput.ReadLine() ?? throw new InvalidOperationException("The broker does not start.");
        AddTopic(topic, partitions);
    }

    /// <summary>Where it listens.</summary>
    public string Servers { get; }

    public void AddTopic(string topic, int partitions) => Do($"topic {topic} {partitions}");

    /// <summary>It is gone for its clients, until <see cref="Rise"/>.</summary>
    public void Fall() => Do("fall");

    public void Rise() => Do("rise");

    public void Dispose()
    {
        _process.StandardInput.Close();
        _process.WaitForExit();
        _process.Dispose();
    }

    private void Do(string command)
    {
        _process.StandardInput.WriteLine(command);
        Assert.Equal("done", _process.StandardOutput.ReadLine());
    }
}
