using System.Text.Unicode;
using ServerlessHub.Engine;
using ServerlessHub.Streams.Processing;

namespace ServerlessHub.Streams.Events;

/// <summary>Events column by column, as many as a chunk of the engine holds.</summary>
internal sealed class EventPage
{
    private readonly int[] _slots = new int[ChunkWriter.Capacity];
    private readonly long[] _offsets = new long[ChunkWriter.Capacity];
    private readonly long[] _enqueued = new long[ChunkWriter.Capacity];
    private readonly byte[] _fits = new byte[ChunkWriter.Capacity];
    private readonly ByteColumn _values = new();
    private readonly ByteColumn _keys = new();
    private readonly ByteColumn _headers = new();

    /// <summary>Values that are no UTF-8, which no text can hold.</summary>
    private readonly Dictionary<int, byte[]> _binary = [];

    public int Count { get; private set; }

    public bool IsFull => Count == ChunkWriter.Capacity;

    public void Add(int slot, in StreamEvent e)
    {
        (_slots[Count], _offsets[Count], _enqueued[Count]) = (slot, e.Offset, e.EnqueuedAt);
        var isText = e.HasValue && Utf8.IsValid(e.Value);
        if (e.HasValue && !isText)
            _binary[Count] = e.Value.ToArray();
        _values.Add(Count, e.Value, isText);
        _keys.Add(Count, e.Key, e.HasKey);
        _headers.Add(Count, e.Headers, e.Headers.Length > 0);
        Count++;
    }

    /// <summary>Looks at each value: how far it is what it should be, <see cref="JsonFitFunction"/>; there may be none.</summary>
    public void Judge(JsonShape? shape)
    {
        for (var row = 0; row < Count; row++)
            _fits[row] =
                _values.IsThere(row) ? JsonFitFunction.Of(_values[row], shape)
                : _binary.ContainsKey(row) ? JsonFitFunction.Malformed
                : JsonFitFunction.Fits;
    }

    public void Clear()
    {
        Count = 0;
        _binary.Clear();
        _values.Clear();
        _keys.Clear();
        _headers.Clear();
    }

    /// <summary>Writes columns of <see cref="EventScan"/> into a chunk.</summary>
    public void Write(ChunkWriter chunk, IReadOnlyList<int> columns)
    {
        for (var i = 0; i < columns.Count; i++)
        {
            var column = chunk.Column(i);
            switch (columns[i])
            {
                case 0:
                    _slots.AsSpan(0, Count).CopyTo(column.Span<int>());
                    break;
                case 1:
                    _offsets.AsSpan(0, Count).CopyTo(column.Span<long>());
                    break;
                case 2:
                    _enqueued.AsSpan(0, Count).CopyTo(column.Span<long>());
                    break;
                case 3:
                    _keys.Write(ref column, Count);
                    break;
                case 4:
                    _headers.Write(ref column, Count);
                    break;
                case 5:
                    _values.Write(ref column, Count);
                    break;
                case 6:
                    WriteBinary(ref column);
                    break;
                default:
                    _fits.AsSpan(0, Count).CopyTo(column.Span<byte>());
                    break;
            }
        }
    }

    private void WriteBinary(ref VectorWriter column)
    {
        for (var row = 0; row < Count; row++)
            if (_binary.TryGetValue(row, out var bytes))
                column.SetBytes(row, bytes);
            else
                column.SetNull(row);
    }

    /// <summary>Texts or bytes, one behind the other.</summary>
    private sealed class ByteColumn
    {
        /// <summary>A buffer that a large event has made grow is not kept for the next batch.</summary>
        private const int Kept = 4 << 20;

        private readonly int[] _ends = new int[ChunkWriter.Capacity];
        private readonly bool[] _absent = new bool[ChunkWriter.Capacity];
        private byte[] _bytes = [];
        private int _length;
        private bool _anyAbsent;

        public void Add(int row, ReadOnlySpan<byte> bytes, bool isThere)
        {
            if (isThere)
            {
                if (_bytes.Length - _length < bytes.Length)
                    Array.Resize(ref _bytes, Math.Max(_length + bytes.Length, Math.Min(Array.MaxLength, _bytes.Length * 2)));
                bytes.CopyTo(_bytes.AsSpan(_length));
                _length += bytes.Length;
            }
            _ends[row] = _length;
            _absent[row] = !isThere;
            _anyAbsent |= !isThere;
        }

        public ReadOnlySpan<byte> this[int row] => _bytes.AsSpan()[(row == 0 ? 0 : _ends[row - 1]).._ends[row]];

        public bool IsThere(int row) => !_absent[row];

        public void Clear()
        {
            _length = 0;
            _anyAbsent = false;
            if (_bytes.Length > Kept)
                _bytes = [];
        }

        public void Write(ref VectorWriter column, int count)
        {
            column.SetCheckedTexts(_bytes.AsSpan(0, _length), _ends.AsSpan(0, count));
            for (var row = 0; _anyAbsent && row < count; row++)
                if (_absent[row])
                    column.SetNull(row);
        }
    }
}
