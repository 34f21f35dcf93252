using ServerlessHub.Engine.Native;

namespace ServerlessHub.Engine;

/// <summary>Finds the vectors inside a vector.</summary>
internal static class Nesting
{
    public static (nint Vector, int Length) Child(nint vector, LogicalType type, int length, int index)
    {
        if (type.Children.Count == 0)
            throw new InvalidOperationException($"{type} has nothing inside.");
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, type.Children.Count);

        return type.Kind switch
        {
            TypeKind.Struct => (NativeApi.duckdb_struct_vector_get_child(vector, (ulong)index), length),
            // A union is a struct whose first field tells which of the others is set.
            TypeKind.Union => (NativeApi.duckdb_struct_vector_get_child(vector, (ulong)index + 1), length),
            TypeKind.Array => (NativeApi.duckdb_array_vector_get_child(vector), length * type.ArraySize),
            // A map is a list of structs of key and value.
            TypeKind.Map => (
                NativeApi.duckdb_struct_vector_get_child(NativeApi.duckdb_list_vector_get_child(vector), (ulong)index),
                (int)NativeApi.duckdb_list_vector_get_size(vector)
            ),
            _ => (NativeApi.duckdb_list_vector_get_child(vector), (int)NativeApi.duckdb_list_vector_get_size(vector)),
        };
    }
}
