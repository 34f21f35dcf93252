using ServerlessHub.Lake.Schema;

namespace ServerlessHub.Lake.Reading;

/// <summary>Leaves out the data files that cannot hold a row of interest.</summary>
internal sealed class FilePruning
{
    private readonly List<Bound> _bounds;

    public FilePruning(StructType schema, IReadOnlyList<string> partitionColumns, IReadOnlyList<ColumnRange> ranges) =>
        _bounds = [
            .. ranges
                .Select(range => (Range: range, Field: schema.Find(range.Column)))
                .Where(entry => entry.Field is not null)
                .Select(entry => new Bound(
                    entry.Field!,
                    partitionColumns.Contains(entry.Field!.Name),
                    entry.Range,
                    OrderedValue.Parse(entry.Field.Type, entry.Range.Min),
                    OrderedValue.Parse(entry.Field.Type, entry.Range.Max)
                )),
        ];

    /// <summary>False only if no row of the file is in all ranges.</summary>
    public bool MayHold(DataFile file)
    {
        if (_bounds.Exists(bound => bound.IsPartition && !bound.MayHold(file)))
            return false;
        if (_bounds.TrueForAll(bound => bound.IsPartition))
            return true;
        var statistics = file.Statistics;
        return _bounds.TrueForAll(bound => bound.IsPartition || bound.MayHold(statistics));
    }

    private sealed record Bound(SchemaField Field, bool IsPartition, ColumnRange Range, OrderedValue? Min, OrderedValue? Max)
    {
        public bool MayHold(FileStatistics statistics) => MayHoldNull(statistics) || MayHoldValue(statistics);

        public bool MayHold(DataFile file)
        {
            var text = file.Action.PartitionValues?.GetValueOrDefault(Field.PhysicalName);
            if (string.IsNullOrEmpty(text))
                return Range.Nulls;
            return OrderedValue.Parse(Field.Type, text) is not { } value || Overlaps(value, value);
        }

        private bool MayHoldNull(FileStatistics statistics) => Range.Nulls && statistics.Nulls(Field.PhysicalName) != 0;

        private bool MayHoldValue(FileStatistics statistics)
        {
            if (statistics.Rows is { } rows && statistics.Nulls(Field.PhysicalName) == rows)
                return false;
            return Overlaps(statistics.Min(Field.PhysicalName, Field.Type), statistics.Max(Field.PhysicalName, Field.Type));
        }

        private bool Overlaps(OrderedValue? least, OrderedValue? greatest) =>
            !(Max is { } max && least is { } from && from.CompareTo(max) > 0)
            && !(Min is { } min && greatest is { } to && to.CompareTo(min) < 0);
    }
}
