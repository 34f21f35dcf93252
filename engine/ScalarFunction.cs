namespace ServerlessHub.Engine;

/// <summary>Computes one output vector from one chunk of arguments. DuckDB calls it from several threads at once.</summary>
/// <param name="input">The arguments, a column each; valid during the call.</param>
/// <param name="output">As many rows as the input; valid during the call.</param>
public delegate void ScalarFunctionBody(DataChunk input, VectorWriter output);

/// <summary>
/// A function for SQL, written in C#, called once a vector of up to 2,048 rows. An exception from it becomes the query's error, and
/// <see cref="EngineException"/>'s inner exception.
/// </summary>
/// <param name="name">What SQL calls it.</param>
/// <param name="parameters">The types of its arguments; <see cref="LogicalType.Any"/> takes every type.</param>
/// <param name="returnType">The type of what it gives.</param>
/// <param name="body">What it does.</param>
public sealed class ScalarFunction(string name, IReadOnlyList<LogicalType> parameters, LogicalType returnType, ScalarFunctionBody body)
{
    /// <summary>What SQL calls it.</summary>
    public string Name { get; } = name;

    /// <summary>The types of its arguments.</summary>
    public IReadOnlyList<LogicalType> Parameters { get; } = parameters;

    /// <summary>The type of what it gives.</summary>
    public LogicalType ReturnType { get; } = returnType;

    /// <summary>What it does.</summary>
    public ScalarFunctionBody Body { get; } = body;

    /// <summary>The type of any number of further arguments, or null for none.</summary>
    public LogicalType? VarArgs { get; init; }

    /// <summary>True if it may give something else for the same arguments, so that DuckDB calls it for every row and folds nothing.</summary>
    public bool IsVolatile { get; init; }

    /// <summary>
    /// True if it decides itself what nulls give. Otherwise each row with a null among its arguments is null in the output before the body
    /// is called, and stays so.
    /// </summary>
    public bool HandlesNulls { get; init; }
}
