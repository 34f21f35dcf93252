using ServerlessHub.Engine;

namespace ServerlessHub.Pipelines.Drafting;

/// <summary>A first draft of a pipeline, made from a look at its source: what is sure is written, what is likely is written and said, the rest is said.</summary>
/// <param name="Document">The document.</param>
/// <param name="Schema">The schema of its source as Avro; null where the source brings its own.</param>
/// <param name="Columns">The columns of the source.</param>
/// <param name="Key">By which columns rows are told apart; null when none looks like it.</param>
/// <param name="Guesses">How the source is written, as far as that had to be guessed.</param>
/// <param name="Notes">What whoever completes the draft should know.</param>
/// <param name="SampleRows">The rows that were looked at.</param>
public sealed record PipelineDraft(
    string Document,
    string? Schema,
    IReadOnlyList<DraftColumn> Columns,
    Guess<IReadOnlyList<string>>? Key,
    IReadOnlyList<DraftGuess> Guesses,
    IReadOnlyList<string> Notes,
    long SampleRows
);

/// <summary>A column of a draft.</summary>
/// <param name="Profile">What the sample tells of it.</param>
/// <param name="Type">The type it gets.</param>
/// <param name="Personal">What personal data it likely holds, or null.</param>
/// <param name="Mask">The mask the draft gives it, or null.</param>
public sealed record DraftColumn(ColumnProfile Profile, LogicalType Type, Guess<PersonalDataKind>? Personal, MaskSuggestion? Mask);

/// <summary>How a column is masked.</summary>
/// <param name="Strategy">The attribute <c>strategy</c>.</param>
/// <param name="Options">Further attributes as a document writes them, or the empty string.</param>
public sealed record MaskSuggestion(string Strategy, string Options = "");

/// <summary>A guess about how a source is written.</summary>
/// <param name="What">What was guessed: <c>delimiter</c>, <c>encoding</c>.</param>
/// <param name="Value">What it most likely is.</param>
/// <param name="Confidence">From 0 to 1.</param>
/// <param name="Reason">What speaks for it.</param>
public sealed record DraftGuess(string What, string Value, double Confidence, string Reason);
