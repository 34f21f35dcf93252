using System.Runtime.InteropServices;

namespace ServerlessHub.Engine.Native;

/// <summary>Several native objects, as the array of pointers that the C API takes; gives all of them back.</summary>
internal sealed unsafe class NativeHandles<T> : IDisposable
    where T : NativeHandle
{
    private readonly T[] _handles;
    private readonly nint[] _pointers;

    public NativeHandles(T[] handles)
    {
        _handles = handles;
        // One more than needed, so that an empty array has an address too.
        _pointers = GC.AllocateArray<nint>(handles.Length + 1, pinned: true);
        for (var i = 0; i < handles.Length; i++)
            _pointers[i] = handles[i].Pointer;
    }

    /// <summary>Valid until this is disposed.</summary>
    public nint* Pointer => (nint*)Marshal.UnsafeAddrOfPinnedArrayElement(_pointers, 0);

    public ulong Count => (ulong)_handles.Length;

    public void Dispose()
    {
        foreach (var handle in _handles)
            handle.Dispose();
    }
}
