using System.Text.Json;
using ServerlessHub.Orchestrations.Durable;

namespace ServerlessHub.Orchestrations.Embedded;

/// <summary>Keeps a second process from a store; the operating system gives it free when the process ends, however.</summary>
internal sealed class StoreLock : IDisposable
{
    private readonly FileStream _lock;
    private readonly string _owner;

    private StoreLock(FileStream held, string owner) => (_lock, _owner) = (held, owner);

    /// <summary>Takes the lock of the store in a folder.</summary>
    /// <exception cref="IOException">Another one has it; the message names it.</exception>
    public static StoreLock Take(string folder, TimeProvider time)
    {
        var owner = Path.Combine(folder, "owner.json");
        FileStream held;
        try
        {
            held = new FileStream(Path.Combine(folder, "lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 1);
        }
        catch (IOException e) when (e is not (DirectoryNotFoundException or FileNotFoundException))
        {
            throw new IOException(
                $"The orchestrations in '{folder}' are run by {Describe(owner)}. Stop it, or send what is to be done to it.",
                e
            );
        }
        File.WriteAllBytes(
            owner,
            JsonSerializer.SerializeToUtf8Bytes(
                new Owner(Environment.ProcessId, Environment.MachineName, time.GetUtcNow()),
                DurableJson.Options
            )
        );
        return new StoreLock(held, owner);
    }

    public void Dispose()
    {
        File.Delete(_owner);
        _lock.Dispose();
    }

    private static string Describe(string owner)
    {
        try
        {
            return JsonSerializer.Deserialize<Owner>(File.ReadAllBytes(owner), DurableJson.Options) is { } known
                ? $"process {known.Process} on {known.Machine} since {known.Since:u}"
                : "another process";
        }
        catch (Exception e) when (e is IOException or JsonException)
        {
            return "another process";
        }
    }

    private sealed record Owner(int Process, string Machine, DateTimeOffset Since);
}
