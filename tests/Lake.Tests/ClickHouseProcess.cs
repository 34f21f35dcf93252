using System.Reflection;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace ServerlessHub.Lake.Tests;

/// <summary>This program, started by <see cref="ClickHouse"/> as a process that ClickHouse is loaded into: a statement a line, an answer a line.</summary>
internal static class ClickHouseProcess
{
    public const string Name = "clickhouse";
    private const string Library = "chdb";

    public static int Run(string library)
    {
        NativeLibrary.SetDllImportResolver(
            Assembly.GetExecutingAssembly(),
            (name, _, _) => name == Library ? NativeLibrary.Load(library) : IntPtr.Zero
        );
        // What is wrong in here is for .NET to tell.
        chdb_set_signal_handlers_enabled(false);
        var connection = Marshal.ReadIntPtr(chdb_connect(1, ["clickhouse"]));
        while (Console.ReadLine() is { } line)
            Console.WriteLine(JsonSerializer.Serialize(Answer(connection, JsonSerializer.Deserialize<string>(line)!)));
        return 0;
    }

    private static ClickHouse.Answer Answer(IntPtr connection, string sql)
    {
        var result = chdb_query(connection, sql, "TSV");
        try
        {
            if (Marshal.PtrToStringUTF8(chdb_result_error(result)) is { } error)
                return new("", error);
            var rows = chdb_result_buffer(result);
            return new(rows == IntPtr.Zero ? "" : Marshal.PtrToStringUTF8(rows, (int)chdb_result_length(result)), null);
        }
        finally
        {
            chdb_destroy_query_result(result);
        }
    }

    [DllImport(Library, ExactSpelling = true)]
    private static extern void chdb_set_signal_handlers_enabled([MarshalAs(UnmanagedType.I1)] bool enabled);

    [DllImport(Library, ExactSpelling = true)]
    private static extern IntPtr chdb_connect(
        int count,
        [MarshalAs(UnmanagedType.LPArray, ArraySubType = UnmanagedType.LPStr)] string[] arguments
    );

    [DllImport(Library, ExactSpelling = true)]
    private static extern IntPtr chdb_query(
        IntPtr connection,
        [MarshalAs(UnmanagedType.LPUTF8Str)] string sql,
        [MarshalAs(UnmanagedType.LPUTF8Str)] string format
    );

    [DllImport(Library, ExactSpelling = true)]
    private static extern IntPtr chdb_result_error(IntPtr result);

    [DllImport(Library, ExactSpelling = true)]
    private static extern IntPtr chdb_result_buffer(IntPtr result);

    [DllImport(Library, ExactSpelling = true)]
    private static extern nuint chdb_result_length(IntPtr result);

    [DllImport(Library, ExactSpelling = true)]
    private static extern void chdb_destroy_query_result(IntPtr result);
}
