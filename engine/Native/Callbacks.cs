using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace ServerlessHub.Engine.Native;

/// <summary>Managed objects that DuckDB keeps for its callbacks, as pointers it gives back in each call.</summary>
internal static unsafe class Callbacks
{
    /// <summary>Keeps the object alive until DuckDB calls <see cref="Release"/>.</summary>
    public static nint Keep(object target) => GCHandle.ToIntPtr(GCHandle.Alloc(target));

    public static T Get<T>(nint kept)
        where T : class => (T)GCHandle.FromIntPtr(kept).Target!;

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    public static void Release(nint kept) => GCHandle.FromIntPtr(kept).Free();
}
