using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using ServerlessHub.Orchestrations.Durable;

namespace ServerlessHub.Orchestrations.Embedded;

/// <summary>What an orchestrator sees of its run.</summary>
internal sealed class OrchestrationContext(Orchestration run) : IOrchestrationContext
{
    private static readonly Guid GuidNamespace = new("5b6f1f6e-6c0e-4d0e-9c55-3d1c1b9a4f27");

    private int _guids;
    private int _children;

    public string InstanceId => run.InstanceId;

    public int Version => run.Version;

    public DateTimeOffset Now => run.Now;

    public bool IsReplaying => run.IsReplaying;

    public Task<T> CallActivity<T>(string name, object? input)
    {
        run.RequireTurn();
        var json = Json(input);
        return run.Call<T>(task => new ScheduleActivity(task, name, json), name);
    }

    public Task<T> CallOrchestrator<T>(string name, object? input, string? instanceId = null)
    {
        run.RequireTurn();
        var json = Json(input);
        var child = instanceId ?? $"{InstanceId}:{run.Generation}.{++_children}";
        return run.Call<T>(task => new StartChild(task, name, child, json), name);
    }

    public Task Timer(DateTimeOffset dueTime, CancellationToken cancellation) => run.Timer(dueTime, cancellation);

    public Task<T> ExternalEvent<T>(string name, CancellationToken cancellation = default) => run.ExternalEvent<T>(name, cancellation);

    public void SetCustomStatus(object? status)
    {
        run.RequireTurn();
        run.CustomStatus = Json(status);
    }

    public void ContinueAsNew(object? input, bool keepEvents = true)
    {
        run.RequireTurn();
        run.ContinueAsNew = (Json(input), keepEvents);
    }

    /// <summary>A UUID made of a name (RFC 9562, version 8 with SHA-256 as in appendix B.2): the instance, when it was started, its generation and a counter.</summary>
    public Guid NewGuid()
    {
        run.RequireTurn();
        var name = Encoding.UTF8.GetBytes($"{InstanceId}/{run.Created.UtcTicks}/{run.Generation}/{++_guids}");
        Span<byte> bytes = stackalloc byte[16 + name.Length];
        GuidNamespace.TryWriteBytes(bytes, bigEndian: true, out _);
        name.CopyTo(bytes[16..]);
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(bytes, hash);
        hash[6] = (byte)((hash[6] & 0x0F) | 0x80);
        hash[8] = (byte)((hash[8] & 0x3F) | 0x80);
        return new Guid(hash[..16], bigEndian: true);
    }

    private static byte[] Json(object? value) => JsonSerializer.SerializeToUtf8Bytes(value, DurableJson.Options);
}
