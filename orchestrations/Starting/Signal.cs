namespace ServerlessHub.Orchestrations.Starting;

/// <summary>That an event has happened.</summary>
/// <param name="Id">What tells it from all others, of the form of a run's id. Raised twice under one id, it has happened once.</param>
/// <param name="App">The application whose documents wait for it.</param>
/// <param name="Name">The event.</param>
/// <param name="By">Who raised it.</param>
/// <param name="At">When.</param>
public sealed record Signal(string Id, string App, string Name, string By, DateTimeOffset At)
{
    /// <summary>What came with it, in text form: values for the parameters of the documents.</summary>
    public IReadOnlyDictionary<string, string> Parameters { get; init; } = new Dictionary<string, string>();

    /// <summary>The day whose data it is about; null where none is known.</summary>
    public DateOnly? BusinessDate { get; init; }

    /// <summary>By what the caller knows its request again; null where it gave none.</summary>
    public string? IdempotencyKey { get; init; }
}
