using System.Reflection;
using ServerlessHub.Lake.Storage;

namespace ServerlessHub.Orchestrations.Tests.Runs;

/// <summary>A storage whose process dies at one of its changes, just before or just after it has taken effect; from then on it does nothing at all.</summary>
public class DyingStorage : DispatchProxy
{
    private static readonly HashSet<string> Changes =
    [
        nameof(ILakeStorage.WriteIfAbsent),
        nameof(ILakeStorage.TryReplace),
        nameof(ILakeStorage.Replace),
        nameof(ILakeStorage.Persist),
        nameof(ILakeStorage.Delete),
        nameof(ILakeStorage.DeleteFolder),
    ];

    private ILakeStorage inner = null!;
    private int left;
    private bool isAfter;

    public bool IsDead { get; private set; }

    public static (ILakeStorage Storage, DyingStorage State) Of(ILakeStorage inner, int change, bool after)
    {
        var storage = Create<ILakeStorage, DyingStorage>();
        var state = (DyingStorage)(object)storage;
        (state.inner, state.left, state.isAfter) = (inner, change, after);
        return (storage, state);
    }

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
    {
        if (IsDead)
            throw new DeathException();
        var dies = Changes.Contains(targetMethod!.Name) && left-- == 0;
        if (dies && !isAfter)
            Die();
        var result = targetMethod.Invoke(inner, BindingFlags.DoNotWrapExceptions, null, args, null);
        if (dies)
            Die();
        return result;
    }

    private void Die()
    {
        IsDead = true;
        throw new DeathException();
    }
}

/// <summary>The process has died.</summary>
public sealed class DeathException : Exception;
