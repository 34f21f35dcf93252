using System.Buffers;

namespace ServerlessHub.Lake.Schema;

/// <summary>Which names the columns of a table may have.</summary>
internal static class ColumnNames
{
    /// <summary>What the protocol forbids in names, where data files have the same ones.</summary>
    private static readonly SearchValues<char> Forbidden = SearchValues.Create(" ,;{}()\n\t=");

    /// <summary>Refuses names of new columns, and of new fields inside of columns; what the table has already stays as it is.</summary>
    /// <param name="schema">The schema to be.</param>
    /// <param name="before">The schema as it is; null if there is none.</param>
    /// <param name="isMapped">Whether data files have names of their own, so that these may be any.</param>
    /// <exception cref="FormatException">There is such a name; the message has a better one.</exception>
    public static void Require(StructType schema, StructType? before, bool isMapped)
    {
        foreach (var field in schema.Fields)
        {
            try
            {
                Require(field, before?.Find(field.Name), isMapped);
            }
            catch (FormatException e)
            {
                throw new FormatException($"column '{field.Name}': {e.Message}.", e);
            }
        }
    }

    private static void Require(SchemaField field, SchemaField? before, bool isMapped)
    {
        if (field.Name.Length == 0)
            throw new FormatException("a column needs a name; give it one: select … as name");
        if (before is null && !isMapped && field.Name.AsSpan().IndexOfAny(Forbidden) >= 0)
            throw new FormatException(
                $"the name '{field.Name}' has a character that a table's columns cannot have (space , ; {{ }} ( ) = tab, end of line), "
                    + $"unless the table maps them ({ColumnMapping.Property} = name); rename it: select … as {Suggest(field.Name)}"
            );
        Require(field.Type, before?.Type, isMapped);
    }

    private static void Require(DeltaType type, DeltaType? before, bool isMapped)
    {
        switch (type)
        {
            case StructType composite:
                foreach (var field in composite.Fields)
                    Require(field, (before as StructType)?.Find(field.Name), isMapped);
                break;
            case ArrayType array:
                Require(array.Element, (before as ArrayType)?.Element, isMapped);
                break;
            case MapType map:
                Require(map.Key, (before as MapType)?.Key, isMapped);
                Require(map.Value, (before as MapType)?.Value, isMapped);
                break;
        }
    }

    private static string Suggest(string name) =>
        string.Concat(name.Select(character => Forbidden.Contains(character) ? '_' : character)).Trim('_');
}
