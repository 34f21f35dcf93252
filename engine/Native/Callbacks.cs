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

    /// <summary>Lets go of the object, and disposes it if it can be.</summary>
    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    public static void Release(nint kept)
    {
        var handle = GCHandle.FromIntPtr(kept);
        try
        {
            (handle.Target as IDisposable)?.Dispose();
        }
        catch (Exception)
        {
            // DuckDB asks for no answer here, and an exception that reached it would end the process.
        }
        finally
        {
            handle.Free();
        }
    }
}
