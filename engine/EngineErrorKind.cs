namespace ServerlessHub.Engine;

/// <summary>What sort of error DuckDB reports. The numbers are those of its C header.</summary>
public enum EngineErrorKind
{
    /// <summary>DuckDB does not say.</summary>
    Unknown = 0,

    /// <summary>A value outside its type's range.</summary>
    OutOfRange = 1,

    /// <summary>A value that does not convert to the type asked for, or a file's row that does not fit.</summary>
    Conversion = 2,

    /// <summary>A type nobody knows.</summary>
    UnknownType = 3,

    /// <summary>Decimal arithmetic failed.</summary>
    Decimal = 4,

    /// <summary>Types do not match.</summary>
    MismatchType = 5,

    /// <summary>Division by zero.</summary>
    DivideByZero = 6,

    /// <summary>Something is larger than it may be.</summary>
    ObjectSize = 7,

    /// <summary>A type that is not possible here.</summary>
    InvalidType = 8,

    /// <summary>Stored bytes cannot be read back.</summary>
    Serialization = 9,

    /// <summary>A transaction conflicts or is aborted.</summary>
    Transaction = 10,

    /// <summary>DuckDB cannot do this.</summary>
    NotImplemented = 11,

    /// <summary>An expression is wrong.</summary>
    Expression = 12,

    /// <summary>A table, function, type or the like is missing, or is there already.</summary>
    Catalog = 13,

    /// <summary>The SQL is not SQL.</summary>
    Parser = 14,

    /// <summary>No plan for the statement.</summary>
    Planner = 15,

    /// <summary>The task scheduler failed.</summary>
    Scheduler = 16,

    /// <summary>The executor failed.</summary>
    Executor = 17,

    /// <summary>A constraint is violated.</summary>
    Constraint = 18,

    /// <summary>An index failed.</summary>
    Index = 19,

    /// <summary>Statistics failed.</summary>
    Stat = 20,

    /// <summary>The connection is unusable.</summary>
    Connection = 21,

    /// <summary>The SQL's form is wrong.</summary>
    Syntax = 22,

    /// <summary>A setting is wrong.</summary>
    Settings = 23,

    /// <summary>A name or type in the SQL does not fit: an unknown column, a wrong argument.</summary>
    Binder = 24,

    /// <summary>The network failed.</summary>
    Network = 25,

    /// <summary>The optimiser failed.</summary>
    Optimizer = 26,

    /// <summary>A null pointer.</summary>
    NullPointer = 27,

    /// <summary>A file cannot be read or written.</summary>
    IO = 28,

    /// <summary>Interrupted.</summary>
    Interrupt = 29,

    /// <summary>The database cannot be used any more.</summary>
    Fatal = 30,

    /// <summary>A bug in DuckDB.</summary>
    Internal = 31,

    /// <summary>An input is wrong, or a C# function or reader failed; then the inner exception tells.</summary>
    InvalidInput = 32,

    /// <summary>The memory limit, or the disk's, is reached.</summary>
    OutOfMemory = 33,

    /// <summary>The sandbox forbids it.</summary>
    Permission = 34,

    /// <summary>A parameter's type is not known.</summary>
    ParameterNotResolved = 35,

    /// <summary>No parameter may stand there.</summary>
    ParameterNotAllowed = 36,

    /// <summary>Something else still needs it.</summary>
    Dependency = 37,

    /// <summary>An HTTP request failed.</summary>
    Http = 38,

    /// <summary>An extension is needed that is not there.</summary>
    MissingExtension = 39,

    /// <summary>An extension could not be loaded.</summary>
    Autoload = 40,

    /// <summary>A sequence failed.</summary>
    Sequence = 41,

    /// <summary>A configuration option is wrong.</summary>
    InvalidConfiguration = 42,
}
