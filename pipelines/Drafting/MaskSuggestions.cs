namespace ServerlessHub.Pipelines.Drafting;

/// <summary>Which mask suits which personal data: the weakest that still protects it and lets people work.</summary>
internal static class MaskSuggestions
{
    // A guess less sure than this is said, but masks nothing.
    private const double LeastConfidence = 0.5;

    /// <summary>The mask of a column that likely holds this; null where it is too unsure.</summary>
    public static MaskSuggestion? For(Guess<PersonalDataKind>? personal) =>
        personal is null || personal.Confidence < LeastConfidence
            ? null
            : personal.Value switch
            {
                // Tokens join and can be turned back by whoever has the key.
                PersonalDataKind.Email or PersonalDataKind.Iban => new("tokenize"),
                PersonalDataKind.Phone => new("tokenize", "format=\"preserve\""),
                // Enough to tell equal ones; nobody gets them back.
                PersonalDataKind.SocialSecurity or PersonalDataKind.Ahv or PersonalDataKind.IpAddress => new("hash"),
                PersonalDataKind.CardNumber => new("redact", "keepLast=\"4\""),
                PersonalDataKind.PersonName or PersonalDataKind.BirthDate or PersonalDataKind.Address => new("encrypt"),
                _ => throw new ArgumentOutOfRangeException(nameof(personal), personal.Value, null),
            };
}
