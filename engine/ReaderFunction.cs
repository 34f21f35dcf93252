using System.Data.Common;
using ServerlessHub.Engine.Native;

namespace ServerlessHub.Engine;

/// <summary>A table function whose rows come from a <see cref="DbDataReader"/>, once, while DuckDB asks for them.</summary>
internal sealed class ReaderFunction
{
    private static long _count;

    private readonly Column[] _columns;
    private DbDataReader? _reader;

    private ReaderFunction(DbDataReader reader, Column[] columns)
    {
        _reader = reader;
        _columns = columns;
    }

    /// <summary>Makes the function known to SQL.</summary>
    /// <returns>Its name, which no other has.</returns>
    public static string Register(
        ConnectionHandle connection,
        DbDataReader reader,
        IReadOnlyDictionary<string, LogicalType>? types,
        long? rows
    )
    {
        var columns = ReaderColumns.Describe(reader, types);
        for (var i = 0; i < columns.Length; i++)
            ReaderColumns.Create(reader, i, columns[i].Type);

        var function = new ReaderFunction(reader, columns);
        var name = $"reader_{Interlocked.Increment(ref _count)}";
        TableFunctionRegistration.Register(connection, new TableFunction(name, columns, function.Scan) { Rows = rows });
        return name;
    }

    private ReaderScan Scan(IReadOnlyList<int> asked)
    {
        // The function stays known as long as the database; its reader shall not.
        var reader =
            Interlocked.Exchange(ref _reader, null)
            ?? throw new InvalidOperationException("The rows of a database's reader were already read; they can be read only once.");
        return new ReaderScan(reader, _columns, asked);
    }
}
