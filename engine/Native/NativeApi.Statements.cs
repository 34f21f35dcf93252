using System.Runtime.InteropServices;
using System.Runtime.InteropServices.Marshalling;

namespace ServerlessHub.Engine.Native;

// https://duckdb.org/docs/stable/clients/c/prepared
internal static unsafe partial class NativeApi
{
    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    public static partial ulong duckdb_extract_statements(
        ConnectionHandle connection,
        string sql,
        out ExtractedStatementsHandle statements
    );

    [LibraryImport(Library)]
    public static partial State duckdb_prepare_extracted_statement(
        ConnectionHandle connection,
        ExtractedStatementsHandle statements,
        ulong index,
        out PreparedStatementHandle statement
    );

    [LibraryImport(Library)]
    [return: MarshalUsing(typeof(BorrowedString))]
    public static partial string? duckdb_extract_statements_error(ExtractedStatementsHandle statements);

    [LibraryImport(Library)]
    public static partial void duckdb_destroy_extracted(ref nint statements);

    [LibraryImport(Library)]
    public static partial void duckdb_destroy_prepare(ref nint statement);

    [LibraryImport(Library)]
    [return: MarshalUsing(typeof(BorrowedString))]
    public static partial string? duckdb_prepare_error(PreparedStatementHandle statement);

    [LibraryImport(Library)]
    public static partial ulong duckdb_nparams(PreparedStatementHandle statement);

    [LibraryImport(Library)]
    [return: MarshalUsing(typeof(OwnedString))]
    public static partial string? duckdb_parameter_name(PreparedStatementHandle statement, ulong index);

    [LibraryImport(Library)]
    public static partial LogicalTypeHandle duckdb_param_logical_type(PreparedStatementHandle statement, ulong index);

    [LibraryImport(Library)]
    public static partial State duckdb_clear_bindings(PreparedStatementHandle statement);

    [LibraryImport(Library)]
    public static partial StatementKind duckdb_prepared_statement_type(PreparedStatementHandle statement);

    [LibraryImport(Library)]
    public static partial ulong duckdb_prepared_statement_column_count(PreparedStatementHandle statement);

    [LibraryImport(Library)]
    [return: MarshalUsing(typeof(OwnedString))]
    public static partial string? duckdb_prepared_statement_column_name(PreparedStatementHandle statement, ulong column);

    [LibraryImport(Library)]
    public static partial LogicalTypeHandle duckdb_prepared_statement_column_logical_type(PreparedStatementHandle statement, ulong column);

    [LibraryImport(Library)]
    public static partial State duckdb_bind_value(PreparedStatementHandle statement, ulong index, ValueHandle value);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    public static partial State duckdb_bind_parameter_index(PreparedStatementHandle statement, out ulong index, string name);

    [LibraryImport(Library)]
    public static partial State duckdb_pending_prepared(PreparedStatementHandle statement, out PendingResultHandle pending);

    [LibraryImport(Library)]
    public static partial State duckdb_pending_prepared_streaming(PreparedStatementHandle statement, out PendingResultHandle pending);

    [LibraryImport(Library)]
    public static partial void duckdb_destroy_pending(ref nint pending);

    [LibraryImport(Library)]
    [return: MarshalUsing(typeof(BorrowedString))]
    public static partial string? duckdb_pending_error(PendingResultHandle pending);

    [LibraryImport(Library)]
    public static partial PendingState duckdb_pending_execute_task(PendingResultHandle pending);

    [LibraryImport(Library)]
    public static partial State duckdb_execute_pending(PendingResultHandle pending, Result* result);
}
