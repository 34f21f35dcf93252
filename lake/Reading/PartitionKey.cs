using ServerlessHub.Lake.Schema;

namespace ServerlessHub.Lake.Reading;

/// <summary>The values of all partition columns, as a key: what tells one partition from another.</summary>
internal sealed class PartitionKey : IEquatable<PartitionKey>
{
    private readonly string?[] _values;

    private PartitionKey(string?[] values) => _values = values;

    /// <summary>The key of a file with these partition values.</summary>
    public static PartitionKey Of(IReadOnlyList<SchemaField> columns, IReadOnlyDictionary<string, string?>? partitionValues) =>
        new([.. columns.Select(column => PartitionValue.Normalize(column.Type, partitionValues?.GetValueOrDefault(column.PhysicalName)))]);

    public bool Equals(PartitionKey? other) => other is not null && _values.AsSpan().SequenceEqual(other._values);

    public override bool Equals(object? obj) => Equals(obj as PartitionKey);

    public override int GetHashCode()
    {
        var hash = new HashCode();
        foreach (var value in _values)
            hash.Add(value, StringComparer.Ordinal);
        return hash.ToHashCode();
    }
}
