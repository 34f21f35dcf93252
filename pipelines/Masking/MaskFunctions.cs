using System.Collections.Concurrent;
using ServerlessHub.Engine;

namespace ServerlessHub.Pipelines.Masking;

/// <summary>Masks as functions of SQL: a text in, its mask out, null for null, a vector at a time.</summary>
public static class MaskFunctions
{
    /// <summary>Makes a mask known to a connection's database.</summary>
    /// <param name="connection">The connection.</param>
    /// <param name="function">What SQL calls it.</param>
    /// <param name="column">The column it is meant for, which error messages name.</param>
    /// <param name="strategy">What it makes of a value.</param>
    /// <param name="keys">The key; may be null for <see cref="MaskStrategy.Redact"/> only.</param>
    /// <param name="options">What the strategy may be told; null for nothing.</param>
    /// <exception cref="ArgumentException">The options do not go with the strategy, or the key is missing.</exception>
    /// <exception cref="MaskException">The key has no such version. A query throws it, inside an <see cref="EngineException"/>, for a value that
    /// cannot be masked this way.</exception>
    public static void Register(
        Connection connection,
        string function,
        string column,
        MaskStrategy strategy,
        MaskKeys? keys,
        MaskOptions? options = null
    )
    {
        // DuckDB calls from several threads, and a mask is one thread's at a time.
        var first = Mask.Create(strategy, keys, options);
        var idle = new ConcurrentBag<MaskWorker> { new(first) };
        connection.Register(
            new ScalarFunction(
                function,
                [LogicalType.Varchar],
                LogicalType.Varchar,
                (input, output) =>
                {
                    if (!idle.TryTake(out var worker))
                        worker = new MaskWorker(Mask.Create(strategy, keys, options));
                    try
                    {
                        worker.Run(input.Column(0), output);
                    }
                    catch (MaskException error)
                    {
                        throw new MaskException($"Column '{column}' cannot be masked: {error.Message}");
                    }
                    finally
                    {
                        idle.Add(worker);
                    }
                }
            )
            {
                IsVolatile = !first.IsDeterministic,
            }
        );
    }
}
