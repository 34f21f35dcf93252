using ServerlessHub.Engine;

namespace ServerlessHub.Pipelines.Connectors.Csv;

/// <summary>As many records as one chunk holds, taken apart: for each column of a scan, where its field is.</summary>
internal sealed class CsvBatch
{
    private readonly CsvField[][] fields;
    private readonly CsvRecord[] records = new CsvRecord[ChunkWriter.Capacity];

    /// <summary>A batch for so many columns.</summary>
    public CsvBatch(int columns)
    {
        fields = new CsvField[columns][];
        for (var i = 0; i < columns; i++)
            fields[i] = new CsvField[ChunkWriter.Capacity];
    }

    /// <summary>How many records it holds.</summary>
    public int Count { get; set; }

    /// <summary>Whether there is room for another.</summary>
    public bool IsFull => Count == records.Length;

    /// <summary>A column's fields.</summary>
    public Span<CsvField> Column(int column) => fields[column].AsSpan(0, Count);

    /// <summary>A record.</summary>
    public ref CsvRecord this[int row] => ref records[row];

    /// <summary>Notes a field of the record that is being taken apart.</summary>
    public void Set(int column, CsvField field) => fields[column][Count] = field;

    /// <summary>Takes records out.</summary>
    /// <param name="rows">Which, ascending.</param>
    public void Remove(IReadOnlyCollection<int> rows)
    {
        var gone = rows.ToHashSet();
        var kept = 0;
        for (var row = 0; row < Count; row++)
        {
            if (gone.Contains(row))
                continue;
            records[kept] = records[row];
            foreach (var column in fields)
                column[kept] = column[row];
            kept++;
        }
        Count = kept;
    }
}

/// <summary>Where a record is.</summary>
/// <param name="Start">Where it begins in its block.</param>
/// <param name="End">Behind its last field, before its line end.</param>
/// <param name="Line">The line of the file on which it begins.</param>
internal readonly record struct CsvRecord(int Start, int End, long Line);
