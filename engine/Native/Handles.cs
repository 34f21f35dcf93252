using System.Runtime.InteropServices;

namespace ServerlessHub.Engine.Native;

/// <summary>Owns one native object, and gives it back exactly once.</summary>
internal abstract class NativeHandle() : SafeHandle(0, ownsHandle: true)
{
    public override bool IsInvalid => handle == 0;

    /// <summary>The native pointer, for use while this object is known to be alive.</summary>
    public nint Pointer => handle;

    protected sealed override bool ReleaseHandle()
    {
        Destroy(ref handle);
        return true;
    }

    protected abstract void Destroy(ref nint pointer);
}

internal sealed class DatabaseHandle : NativeHandle
{
    protected override void Destroy(ref nint pointer) => NativeApi.duckdb_close(ref pointer);
}

internal sealed class ConnectionHandle : NativeHandle
{
    protected override void Destroy(ref nint pointer) => NativeApi.duckdb_disconnect(ref pointer);
}

internal sealed class ConfigHandle : NativeHandle
{
    protected override void Destroy(ref nint pointer) => NativeApi.duckdb_destroy_config(ref pointer);
}

internal sealed class ExtractedStatementsHandle : NativeHandle
{
    protected override void Destroy(ref nint pointer) => NativeApi.duckdb_destroy_extracted(ref pointer);
}

internal sealed class PreparedStatementHandle : NativeHandle
{
    protected override void Destroy(ref nint pointer) => NativeApi.duckdb_destroy_prepare(ref pointer);
}

internal sealed class PendingResultHandle : NativeHandle
{
    protected override void Destroy(ref nint pointer) => NativeApi.duckdb_destroy_pending(ref pointer);
}

internal sealed class ValueHandle : NativeHandle
{
    protected override void Destroy(ref nint pointer) => NativeApi.duckdb_destroy_value(ref pointer);
}

internal sealed class LogicalTypeHandle : NativeHandle
{
    protected override void Destroy(ref nint pointer) => NativeApi.duckdb_destroy_logical_type(ref pointer);
}

internal sealed class DataChunkHandle : NativeHandle
{
    protected override void Destroy(ref nint pointer) => NativeApi.duckdb_destroy_data_chunk(ref pointer);
}

internal sealed class AppenderHandle : NativeHandle
{
    protected override void Destroy(ref nint pointer) => NativeApi.duckdb_appender_destroy(ref pointer);
}

internal sealed class ErrorDataHandle : NativeHandle
{
    protected override void Destroy(ref nint pointer) => NativeApi.duckdb_destroy_error_data(ref pointer);
}

internal sealed class ScalarFunctionHandle : NativeHandle
{
    protected override void Destroy(ref nint pointer) => NativeApi.duckdb_destroy_scalar_function(ref pointer);
}

internal sealed class TableFunctionHandle : NativeHandle
{
    protected override void Destroy(ref nint pointer) => NativeApi.duckdb_destroy_table_function(ref pointer);
}

/// <summary>A result is a struct the caller provides; this one lives in native memory, so that its address holds.</summary>
internal sealed unsafe class ResultHandle : NativeHandle
{
    public ResultHandle() => SetHandle((nint)NativeMemory.AllocZeroed((nuint)sizeof(Result)));

    public Result* Value => (Result*)handle;

    protected override void Destroy(ref nint pointer)
    {
        NativeApi.duckdb_destroy_result((Result*)pointer);
        NativeMemory.Free((void*)pointer);
        pointer = 0;
    }
}
