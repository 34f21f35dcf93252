using System.Runtime.InteropServices;

namespace ServerlessHub.Engine.Native;

/// <summary>Types between DuckDB's handles and our values.</summary>
internal static unsafe class LogicalTypeConversion
{
    /// <summary>Reads the type and gives the handle back.</summary>
    public static LogicalType FromNative(LogicalTypeHandle handle)
    {
        using (handle)
        {
            return handle.IsInvalid ? LogicalType.Unknown : Read(handle).WithAlias(NativeApi.duckdb_logical_type_get_alias(handle));
        }
    }

    /// <summary>DuckDB's own object for a type; the caller disposes it.</summary>
    /// <exception cref="ArgumentException">DuckDB cannot make that type.</exception>
    public static LogicalTypeHandle ToNative(LogicalType type)
    {
        var handle = Create(type);
        if (handle.IsInvalid)
        {
            handle.Dispose();
            throw new ArgumentException($"DuckDB cannot make the type {type}.", nameof(type));
        }
        if (type.Alias is not null)
            NativeApi.duckdb_logical_type_set_alias(handle, type.Alias);
        return handle;
    }

    private static LogicalType Read(LogicalTypeHandle handle)
    {
        var kind = NativeApi.duckdb_get_type_id(handle);
        return kind switch
        {
            TypeKind.Decimal => LogicalType.Decimal(NativeApi.duckdb_decimal_width(handle), NativeApi.duckdb_decimal_scale(handle)),
            TypeKind.Enum => LogicalType.Enum(
                Range(NativeApi.duckdb_enum_dictionary_size(handle)).Select(i => NativeApi.duckdb_enum_dictionary_value(handle, i)!)
            ),
            TypeKind.List => LogicalType.List(FromNative(NativeApi.duckdb_list_type_child_type(handle))),
            TypeKind.Array => LogicalType.Array(
                FromNative(NativeApi.duckdb_array_type_child_type(handle)),
                (int)NativeApi.duckdb_array_type_array_size(handle)
            ),
            TypeKind.Map => LogicalType.Map(
                FromNative(NativeApi.duckdb_map_type_key_type(handle)),
                FromNative(NativeApi.duckdb_map_type_value_type(handle))
            ),
            TypeKind.Struct => LogicalType.Struct(
                Range(NativeApi.duckdb_struct_type_child_count(handle))
                    .Select(i => new Column(
                        NativeApi.duckdb_struct_type_child_name(handle, i) ?? "",
                        FromNative(NativeApi.duckdb_struct_type_child_type(handle, i))
                    ))
            ),
            TypeKind.Union => LogicalType.Union(
                Range(NativeApi.duckdb_union_type_member_count(handle))
                    .Select(i => new Column(
                        NativeApi.duckdb_union_type_member_name(handle, i) ?? "",
                        FromNative(NativeApi.duckdb_union_type_member_type(handle, i))
                    ))
            ),
            _ => LogicalType.Plain(kind),
        };
    }

    private static IEnumerable<ulong> Range(ulong count)
    {
        for (var i = 0UL; i < count; i++)
            yield return i;
    }

    private static LogicalTypeHandle Create(LogicalType type)
    {
        switch (type.Kind)
        {
            case TypeKind.Decimal:
                return NativeApi.duckdb_create_decimal_type(type.Width, type.Scale);
            case TypeKind.Enum:
                using (var names = new NativeStrings(type.EnumValues))
                    return NativeApi.duckdb_create_enum_type(names.Pointer, (ulong)type.EnumValues.Count);
            case TypeKind.List:
                using (var element = ToNative(type.Element))
                    return NativeApi.duckdb_create_list_type(element);
            case TypeKind.Array:
                using (var element = ToNative(type.Element))
                    return NativeApi.duckdb_create_array_type(element, (ulong)type.ArraySize);
            case TypeKind.Map:
                using (var key = ToNative(type.Children[0].Type))
                using (var value = ToNative(type.Children[1].Type))
                    return NativeApi.duckdb_create_map_type(key, value);
            case TypeKind.Struct:
            case TypeKind.Union:
                return CreateComposite(type);
            default:
                return NativeApi.duckdb_create_logical_type(type.Kind);
        }
    }

    private static LogicalTypeHandle CreateComposite(LogicalType type)
    {
        var count = (ulong)type.Children.Count;
        using var types = new NativeHandles<LogicalTypeHandle>([.. type.Children.Select(c => ToNative(c.Type))]);
        using var names = new NativeStrings([.. type.Children.Select(c => c.Name)]);
        return type.Kind == TypeKind.Struct
            ? NativeApi.duckdb_create_struct_type(types.Pointer, names.Pointer, count)
            : NativeApi.duckdb_create_union_type(types.Pointer, names.Pointer, count);
    }

    /// <summary>An array of <c>const char *</c> for the length of one call.</summary>
    private readonly ref struct NativeStrings(IReadOnlyList<string> texts) : IDisposable
    {
        private readonly nint[] _pointers = Pinned(texts);

        public byte** Pointer => (byte**)Marshal.UnsafeAddrOfPinnedArrayElement(_pointers, 0);

        private static nint[] Pinned(IReadOnlyList<string> texts)
        {
            var pointers = GC.AllocateUninitializedArray<nint>(texts.Count, pinned: true);
            for (var i = 0; i < pointers.Length; i++)
                pointers[i] = Marshal.StringToCoTaskMemUTF8(texts[i]);
            return pointers;
        }

        public void Dispose()
        {
            foreach (var pointer in _pointers)
                Marshal.FreeCoTaskMem(pointer);
        }
    }
}
