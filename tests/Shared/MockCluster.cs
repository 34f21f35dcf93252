using System.Runtime.InteropServices;

namespace ServerlessHub.Tests.Shared;

/// <summary>A broker that speaks the Kafka protocol: librdkafka's mock cluster. It is all that its process does.</summary>
internal static class MockCluster
{
    /// <summary>Says where it listens, and does what it is told until its input ends.</summary>
    public static int Run()
    {
        NativeLibrary.SetDllImportResolver(typeof(MockCluster).Assembly, (name, _, _) => Native.Load(name));
        var cluster = Native.rd_kafka_mock_cluster_new(Native.rd_kafka_new(0, Native.rd_kafka_conf_new(), new byte[512], 512), 1);
        // A group that waits for its last member makes no test better.
        Native.rd_kafka_mock_group_initial_rebalance_delay_ms(cluster, 200);
        Console.WriteLine(Marshal.PtrToStringUTF8(Native.rd_kafka_mock_cluster_bootstraps(cluster)));
        while (Console.ReadLine() is { } command)
        {
            var failure = command.Split(' ') switch
            {
                ["topic", var topic, var partitions] => Native.rd_kafka_mock_topic_create(cluster, topic, int.Parse(partitions), 1),
                ["fall"] => Native.rd_kafka_mock_broker_set_down(cluster, 1),
                ["rise"] => Native.rd_kafka_mock_broker_set_up(cluster, 1),
                _ => -1,
            };
            Console.WriteLine(failure == 0 ? "done" : $"failed: {failure}");
        }
        return 0;
    }

    private static class Native
    {
        private const string Library = "librdkafka";

        // The one with Kerberos needs a library that not every machine has; the client tries the others too.
        private static readonly string[] Files = ["librdkafka", "centos8-librdkafka", "alpine-librdkafka"];

        public static nint Load(string name)
        {
            if (name != Library)
                return 0;
            var folder = Path.Combine(AppContext.BaseDirectory, "runtimes", RuntimeInformation.RuntimeIdentifier, "native");
            var ending =
                OperatingSystem.IsWindows() ? ".dll"
                : OperatingSystem.IsMacOS() ? ".dylib"
                : ".so";
            foreach (var file in Files)
                if (NativeLibrary.TryLoad(Path.Combine(folder, file + ending), out var handle))
                    return handle;
            throw new DllNotFoundException($"There is no librdkafka in {folder}.");
        }

        [DllImport(Library)]
        public static extern nint rd_kafka_conf_new();

        [DllImport(Library)]
        public static extern nint rd_kafka_new(int type, nint configuration, byte[] error, nuint length);

        [DllImport(Library)]
        public static extern nint rd_kafka_mock_cluster_new(nint client, int brokers);

        [DllImport(Library)]
        public static extern nint rd_kafka_mock_cluster_bootstraps(nint cluster);

        [DllImport(Library)]
        public static extern void rd_kafka_mock_group_initial_rebalance_delay_ms(nint cluster, int delay);

        [DllImport(Library)]
        public static extern int rd_kafka_mock_topic_create(
            nint cluster,
            [MarshalAs(UnmanagedType.LPUTF8Str)] string topic,
            int partitions,
            int replicas
        );

        [DllImport(Library)]
        public static extern int rd_kafka_mock_broker_set_down(nint cluster, int broker);

        [DllImport(Library)]
        public static extern int rd_kafka_mock_broker_set_up(nint cluster, int broker);
    }
}
