using ServerlessHub.Api.Tables;
using ServerlessHub.Pipelines.Drafting;

namespace ServerlessHub.Host.Output;

/// <summary>What <c>hub new pipeline --json</c> prints.</summary>
/// <param name="Written">The files that were written, relative to the hub root.</param>
/// <param name="SampleRows">The rows that were looked at.</param>
/// <param name="Columns">The columns of the source.</param>
/// <param name="Key">The likely key.</param>
/// <param name="Guesses">How the source is written, as far as that was guessed.</param>
/// <param name="Notes">What whoever completes the draft should know.</param>
internal sealed record DraftOutput(
    IReadOnlyList<string> Written,
    long SampleRows,
    IReadOnlyList<DraftColumnOutput> Columns,
    DraftKeyOutput? Key,
    IReadOnlyList<DraftGuessOutput> Guesses,
    IReadOnlyList<string> Notes
)
{
    internal static DraftOutput Of(PipelineDraft draft, IReadOnlyList<string> written) =>
        new(
            written,
            draft.SampleRows,
            [.. draft.Columns.Select(DraftColumnOutput.Of)],
            draft.Key is { } key ? new DraftKeyOutput(key.Value, Math.Round(key.Confidence, 2), key.Reason) : null,
            [.. draft.Guesses.Select(g => new DraftGuessOutput(g.What, g.Value, Math.Round(g.Confidence, 2), g.Reason))],
            draft.Notes
        );
}

/// <summary>A column of a draft.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">The type it gets.</param>
/// <param name="Nulls">Rows of the sample in which it is null.</param>
/// <param name="Distinct">Different values in the sample.</param>
/// <param name="PersonalData">The kind of personal data it likely holds.</param>
/// <param name="Confidence">How sure that is, from 0 to 1.</param>
/// <param name="Reason">What speaks for it.</param>
/// <param name="Mask">The strategy by which the draft masks it.</param>
internal sealed record DraftColumnOutput(
    string Name,
    string Type,
    long Nulls,
    long Distinct,
    string? PersonalData,
    double? Confidence,
    string? Reason,
    string? Mask
)
{
    internal static DraftColumnOutput Of(DraftColumn column) =>
        new(
            column.Profile.Name,
            TypeText.Full(column.Type),
            column.Profile.Nulls,
            column.Profile.Distinct,
            column.Personal is { } p ? char.ToLowerInvariant(p.Value.ToString()[0]) + p.Value.ToString()[1..] : null,
            column.Personal is { } sure ? Math.Round(sure.Confidence, 2) : null,
            column.Personal?.Reason,
            column.Mask?.Strategy
        );
}

/// <summary>A likely key.</summary>
/// <param name="Columns">Its columns.</param>
/// <param name="Confidence">How sure that is, from 0 to 1.</param>
/// <param name="Reason">What speaks for it.</param>
internal sealed record DraftKeyOutput(IReadOnlyList<string> Columns, double Confidence, string Reason);

/// <summary>A guess about how a source is written.</summary>
/// <param name="What">What was guessed, such as <c>delimiter</c>.</param>
/// <param name="Value">What it most likely is.</param>
/// <param name="Confidence">How sure that is, from 0 to 1.</param>
/// <param name="Reason">What speaks for it.</param>
internal sealed record DraftGuessOutput(string What, string Value, double Confidence, string Reason);
