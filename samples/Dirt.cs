namespace ServerlessHub.Samples;

/// <summary>
/// How dirty generated data is: for each kind of dirt, the rows in a thousand that have it. A row has one kind at most, and every thousand
/// rows of a file hold each kind exactly that often.
/// </summary>
public sealed record Dirt
{
    // Above this the rows that repetitions repeat would be dirty themselves.
    private const int Most = 380;

    /// <summary>As dirty as data from many hands is: about a quarter of the rows.</summary>
    public static Dirt Typical { get; } =
        new()
        {
            Duplicates = 20,
            LateUpdates = 30,
            MissingKeys = 3,
            BadDates = 10,
            BrokenLines = 1,
            Unicode = 40,
            LineEnds = 10,
            Quotes = 10,
            MixedCaseEmails = 50,
            UnknownCountries = 10,
            EmptyEnds = 50,
        };

    /// <summary>Spotless.</summary>
    public static Dirt None { get; } = new();

    /// <summary>Rows that repeat an earlier row exactly.</summary>
    public int Duplicates { get; init; }

    /// <summary>Rows that give an earlier row's key again with other values and another time, older or newer.</summary>
    public int LateUpdates { get; init; }

    /// <summary>Rows without their key. (The stores' receipts always have one.)</summary>
    public int MissingKeys { get; init; }

    /// <summary>Dates that are none: <c>31/02/1987</c>, <c>n/a</c>, <c>2026-05-01T25:61:00Z</c>.</summary>
    public int BadDates { get; init; }

    /// <summary>Order events cut off in the middle of the line.</summary>
    public int BrokenLines { get; init; }

    /// <summary>Names with accents, combining marks, other scripts and emoji.</summary>
    public int Unicode { get; init; }

    /// <summary>Free text with line ends in it.</summary>
    public int LineEnds { get; init; }

    /// <summary>Free text with quotes and commas in it.</summary>
    public int Quotes { get; init; }

    /// <summary>Customers whose e-mail address has capitals.</summary>
    public int MixedCaseEmails { get; init; }

    /// <summary>Country codes that are none, such as <c>UK</c>.</summary>
    public int UnknownCountries { get; init; }

    /// <summary>Customers whose last fields are empty, and store lines whose category is <c>-</c>.</summary>
    public int EmptyEnds { get; init; }

    /// <summary>The SQL of a row's kind by its rank, a number from 0 to 999.</summary>
    /// <exception cref="ArgumentException">A share is negative, or there is too much dirt in all.</exception>
    internal string KindOfRank()
    {
        // The rows that repeat others come first: common.sql relies on it.
        (string Kind, int Share)[] shares =
        [
            ("duplicate", Duplicates),
            ("late", LateUpdates),
            ("key", MissingKeys),
            ("date", BadDates),
            ("broken", BrokenLines),
            ("unicode", Unicode),
            ("newline", LineEnds),
            ("quote", Quotes),
            ("email", MixedCaseEmails),
            ("country", UnknownCountries),
            ("empty", EmptyEnds),
        ];
        if (shares.Any(s => s.Share < 0) || shares.Sum(s => s.Share) > Most)
            throw new ArgumentException($"The shares must not be negative, and be {Most} in a thousand at most together.");

        var bound = 0;
        var cases = shares.Select(s => $"WHEN rank < {bound += s.Share} THEN '{s.Kind}'");
        return $"CASE {string.Join(' ', cases)} ELSE 'clean' END";
    }
}
