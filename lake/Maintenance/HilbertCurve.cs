using ServerlessHub.Engine;

namespace ServerlessHub.Lake.Maintenance;

/// <summary>
/// The place of points on Hilbert's curve, as a function for the engine: points that are neighbours on the curve are neighbours in space,
/// so that a stretch of the curve is narrow in each of its dimensions.
/// </summary>
internal static class HilbertCurve
{
    private const string Function = "hub_hilbert";

    /// <summary>How many bits a place on the curve may have.</summary>
    public const int MaxBits = 62;

    /// <summary>An expression for the place of a point; its coordinates are expressions from 0 to below 2 to the power of <paramref name="bits"/>.</summary>
    public static string Call(Connection connection, IEnumerable<string> coordinates, int bits)
    {
        Teach(connection);
        return $"{Function}({bits}::INTEGER, {string.Join(", ", coordinates)})";
    }

    /// <summary>
    /// The place of a point. The coordinates are overwritten. The method is Skilling's ("Programming the Hilbert curve", 2004): it undoes
    /// the rotations from the coarsest bit to the finest, then takes the bits of all coordinates in turn.
    /// </summary>
    public static ulong Place(Span<int> point, int bits)
    {
        var highest = 1 << (bits - 1);
        for (var bit = highest; bit > 1; bit >>= 1)
        {
            var lower = bit - 1;
            for (var i = 0; i < point.Length; i++)
            {
                if ((point[i] & bit) != 0)
                {
                    point[0] ^= lower;
                    continue;
                }
                var swapped = (point[0] ^ point[i]) & lower;
                point[0] ^= swapped;
                point[i] ^= swapped;
            }
        }
        for (var i = 1; i < point.Length; i++)
            point[i] ^= point[i - 1];
        var turned = 0;
        for (var bit = highest; bit > 1; bit >>= 1)
        {
            if ((point[^1] & bit) != 0)
                turned ^= bit - 1;
        }
        var place = 0UL;
        for (var bit = bits - 1; bit >= 0; bit--)
        {
            foreach (var coordinate in point)
                place = (place << 1) | (uint)(((coordinate ^ turned) >> bit) & 1);
        }
        return place;
    }

    /// <summary>The function belongs to the database, and a connection does not tell whether another one has registered it.</summary>
    private static void Teach(Connection connection)
    {
        try
        {
            connection.Prepare($"SELECT {Function}(1::INTEGER, 0::INTEGER)").Dispose();
        }
        catch (EngineException)
        {
            connection.Register(
                new ScalarFunction(Function, [LogicalType.Integer], LogicalType.UBigInt, Places) { VarArgs = LogicalType.Integer }
            );
        }
    }

    private static void Places(DataChunk input, VectorWriter output)
    {
        var places = output.Span<ulong>();
        var bits = input.Column(0).Span<int>();
        var dimensions = input.Types.Count - 1;
        // All points of the vector, one after the other: a column's values are one coordinate of each.
        var points = new int[places.Length * dimensions];
        for (var dimension = 0; dimension < dimensions; dimension++)
        {
            var values = input.Column(dimension + 1).Span<int>();
            for (var row = 0; row < places.Length; row++)
                points[(row * dimensions) + dimension] = values[row];
        }
        for (var row = 0; row < places.Length; row++)
            places[row] = Place(points.AsSpan(row * dimensions, dimensions), bits[row]);
    }
}
