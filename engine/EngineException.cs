using System.Collections.ObjectModel;

namespace ServerlessHub.Engine;

/// <summary>What DuckDB reports when it cannot do what it was asked to.</summary>
public sealed class EngineException : Exception
{
    internal EngineException(
        EngineErrorKind kind,
        string message,
        int? position = null,
        IReadOnlyDictionary<string, string>? details = null,
        Exception? inner = null
    )
        : base(message, inner)
    {
        Kind = kind;
        Position = position;
        Details = details ?? ReadOnlyDictionary<string, string>.Empty;
    }

    /// <summary>What sort of error it is.</summary>
    public EngineErrorKind Kind { get; }

    /// <summary>Where in the SQL the error is, in characters from 0, if DuckDB tells.</summary>
    public int? Position { get; }

    /// <summary>
    /// What else DuckDB tells, by its own keys: for an unknown column for instance <c>name</c>, <c>candidates</c> and <c>error_subtype</c>.
    /// </summary>
    public IReadOnlyDictionary<string, string> Details { get; }
}
