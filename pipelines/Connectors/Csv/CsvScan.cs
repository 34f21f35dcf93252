using ServerlessHub.Engine;

namespace ServerlessHub.Pipelines.Connectors.Csv;

/// <summary>One pass over the files of a source. Its last column, if it is asked for, is the order of the records.</summary>
internal sealed class CsvScan : TableScan
{
    // The line in the lower bits, the file above: the order of the records in one number.
    private const int LineBits = 40;

    private readonly IReadOnlyList<CsvFile> files;
    private readonly IReadOnlyList<Column> columns;
    private readonly CsvFormat format;
    private readonly CsvRejects rejects;
    private readonly CsvBlocks blocks;
    private readonly int[] asked;
    private readonly int[] alsoLooked;

    /// <summary>Begins a pass.</summary>
    /// <param name="files">The files.</param>
    /// <param name="columns">The columns of the source.</param>
    /// <param name="asked">The columns of a chunk, by their index in <paramref name="columns"/>; one beyond them is the order.</param>
    /// <param name="looked">The columns that are looked at in every record, asked for or not, so that every pass rejects the same records.</param>
    /// <param name="format">How the files are written.</param>
    /// <param name="input">Opens them.</param>
    /// <param name="rejects">Takes what cannot be read.</param>
    public CsvScan(
        IReadOnlyList<CsvFile> files,
        IReadOnlyList<Column> columns,
        IReadOnlyList<int> asked,
        IReadOnlyCollection<int> looked,
        CsvFormat format,
        CsvInput input,
        CsvRejects rejects
    )
    {
        this.files = files;
        this.columns = columns;
        this.format = format;
        this.rejects = rejects;
        this.asked = [.. asked];
        alsoLooked = [.. looked.Except(asked)];
        blocks = new CsvBlocks([.. files.Select(f => f.File)], format, input);
        MaxThreads = (int)Math.Clamp(files.Sum(f => f.File.Length) / CsvBlock.Size + 1, 1, Environment.ProcessorCount);
    }

    /// <inheritdoc/>
    public override int MaxThreads { get; }

    /// <inheritdoc/>
    public override TableScanPart Begin() => new Part(this);

    /// <inheritdoc/>
    public override void Dispose()
    {
        blocks.Dispose();
        base.Dispose();
    }

    private sealed class Part : TableScanPart
    {
        private readonly CsvScan scan;
        private readonly CsvBlock block;
        private readonly CsvParser parser;
        private readonly CsvBatch batch;
        private readonly CsvConverter[] converters;
        private readonly List<int> failed = [];
        private readonly int[] columns;

        public Part(CsvScan scan)
        {
            this.scan = scan;
            block = CsvBlock.For(scan.files.Max(f => (long?)f.File.Length) ?? 0);
            parser = new CsvParser(scan.format, (b, record, reason) => scan.rejects.Take(Name, b, record, reason));
            columns = [.. scan.asked.Where(a => a < scan.columns.Count), .. scan.alsoLooked];
            batch = new CsvBatch(columns.Length);
            converters = [.. columns.Select(c => CsvConverter.For(scan.columns[c].Type)!)];
        }

        private CsvFile File => scan.files[block.File];

        private string Name => File.File.Name;

        /// <inheritdoc/>
        public override int Fill(ChunkWriter chunk)
        {
            do
            {
                while (!parser.HasMore)
                {
                    if (!scan.blocks.Next(block))
                        return 0;
                    parser.Begin(block, Slots());
                }
                batch.Count = 0;
                parser.Parse(batch);
                Convert(chunk);
            } while (batch.Count == 0);
            return batch.Count;
        }

        private void Convert(ChunkWriter chunk)
        {
            ConvertColumns(chunk);
            if (failed.Count > 0)
            {
                batch.Remove(failed);
                ConvertColumns(chunk);
            }
        }

        private void ConvertColumns(ChunkWriter chunk)
        {
            failed.Clear();
            var data = block.Data.AsSpan(0, block.Length);
            var slot = 0;
            for (var i = 0; i < scan.asked.Length; i++)
            {
                var output = chunk.Column(i);
                if (scan.asked[i] == scan.columns.Count)
                {
                    WriteOrder(output.Span<long>());
                    continue;
                }
                output.ClearNulls();
                var before = failed.Count;
                converters[slot].Convert(data, Fields(slot), scan.format, output, failed);
                Reject(slot++, before);
            }
            for (; slot < columns.Length; slot++)
            {
                var before = failed.Count;
                converters[slot].Check(data, Fields(slot), scan.format, failed);
                Reject(slot, before);
            }
        }

        private Span<CsvField> Fields(int slot)
        {
            var fields = batch.Column(slot);
            if (File.FieldOf[columns[slot]] < 0)
                fields.Clear();
            return fields;
        }

        private void Reject(int slot, int from)
        {
            var column = scan.columns[columns[slot]];
            for (var i = from; i < failed.Count; i++)
            {
                var field = batch.Column(slot)[failed[i]];
                var value = block.Data.AsSpan(field.Start, field.Length);
                scan.rejects.Take(Name, block, batch[failed[i]], CsvRejects.Unfit(column.Name, column.Type, value));
            }
        }

        private int[] Slots()
        {
            var slots = new int[File.FieldCount];
            Array.Fill(slots, -1);
            for (var slot = 0; slot < columns.Length; slot++)
                if (File.FieldOf[columns[slot]] is >= 0 and var field)
                    slots[field] = slot;
            return slots;
        }

        private void WriteOrder(Span<long> output)
        {
            for (var row = 0; row < batch.Count; row++)
                output[row] = ((long)block.File << LineBits) | batch[row].Line;
        }
    }
}
