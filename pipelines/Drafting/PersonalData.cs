using System.Text.RegularExpressions;

namespace ServerlessHub.Pipelines.Drafting;

/// <summary>A kind of personal data.</summary>
public enum PersonalDataKind
{
    /// <summary>An e-mail address.</summary>
    Email,

    /// <summary>A telephone number.</summary>
    Phone,

    /// <summary>A social security number of the United States, or a column named like one of another country.</summary>
    SocialSecurity,

    /// <summary>A Swiss AHV number.</summary>
    Ahv,

    /// <summary>An IBAN.</summary>
    Iban,

    /// <summary>The number of a payment card.</summary>
    CardNumber,

    /// <summary>An IP address.</summary>
    IpAddress,

    /// <summary>A person's name, or a part of it.</summary>
    PersonName,

    /// <summary>A date of birth.</summary>
    BirthDate,

    /// <summary>A street address.</summary>
    Address,
}

/// <summary>Finds columns that likely hold personal data: by the form and check digits of their values, and by their names.</summary>
internal static partial class PersonalData
{
    // Both speak for it, values alone, the name alone.
    private const double Certain = 0.99;
    private const double ByNameOnly = 0.7;
    private const double LeastShare = 0.6;

    private static readonly Kind[] Kinds =
    [
        new(PersonalDataKind.Email, "an e-mail address", EmailName(), v => Email().IsMatch(v), 0.98),
        new(PersonalDataKind.Iban, "an IBAN", IbanName(), v => IbanForm().IsMatch(v) && Checksums.Iban(Compact(v)), 0.98),
        new(PersonalDataKind.Ahv, "an AHV number", AhvName(), v => AhvForm().IsMatch(v) && Checksums.Ean13(Digits(v)), 0.98),
        new(PersonalDataKind.CardNumber, "a card number", CardName(), v => CardForm().IsMatch(v) && Checksums.Luhn(Digits(v)), 0.95),
        new(PersonalDataKind.SocialSecurity, "a social security number", SocialName(), v => SocialForm().IsMatch(v), 0.9),
        new(PersonalDataKind.IpAddress, "an IP address", IpName(), v => IpForm().IsMatch(v), 0.9),
        new(PersonalDataKind.Phone, "a telephone number", PhoneName(), v => PhoneForm().IsMatch(v), 0.6),
        new(PersonalDataKind.BirthDate, "a date of birth", BirthName(), v => DateForm().IsMatch(v), 0),
        new(PersonalDataKind.PersonName, "a person's name", PersonName(), v => LettersForm().IsMatch(v), 0),
        new(PersonalDataKind.Address, "an address", AddressName(), v => AddressForm().IsMatch(v), 0),
    ];

    /// <summary>The kind that a column most likely holds, or null when none is likely.</summary>
    /// <param name="column">Its name.</param>
    /// <param name="values">Some of its values as text, without nulls; the more different ones the better.</param>
    public static Guess<PersonalDataKind>? Find(string column, IReadOnlyCollection<string> values)
    {
        var words = Words(column);
        return Kinds.Select(k => k.Judge(words, values)).OfType<Guess<PersonalDataKind>>().MaxBy(g => g.Confidence);
    }

    /// <summary>A kind in words, with its article.</summary>
    public static string Describe(PersonalDataKind kind) => Kinds.First(k => k.Value == kind).Text;

    // customerEMail, customer_e-mail and "Customer E-Mail" are all " customer e mail ".
    private static string Words(string column) =>
        $" {Separators().Replace(CamelCase().Replace(column, "$1 $2"), " ").Trim().ToLowerInvariant()} ";

    private static string Digits(string value) => string.Concat(value.Where(char.IsAsciiDigit));

    private static string Compact(string value) => value.Replace(" ", "", StringComparison.Ordinal);

    /// <summary>How one kind is known.</summary>
    /// <param name="Value">The kind.</param>
    /// <param name="Text">It in words.</param>
    /// <param name="Name">What its columns are called.</param>
    /// <param name="Fits">Whether a value has its form.</param>
    /// <param name="FormWeight">How sure its form alone makes it; 0 where much else has that form too.</param>
    private sealed record Kind(PersonalDataKind Value, string Text, Regex Name, Func<string, bool> Fits, double FormWeight)
    {
        public Guess<PersonalDataKind>? Judge(string words, IReadOnlyCollection<string> values)
        {
            var named = Name.IsMatch(words);
            if (values.Count == 0)
                return named ? new(Value, ByNameOnly, $"named like {Text}") : null;
            var share = (double)values.Count(Fits) / values.Count;
            if (share < LeastShare)
                // Real data has numbers with wrong check digits, and forms of other countries.
                return named && FormWeight > 0 && (double)values.Count(v => ManyDigits().IsMatch(v)) / values.Count >= LeastShare
                    ? new(Value, 0.8, $"named like {Text}")
                    : null;
            if (named)
                return new(Value, FormWeight == 0 ? 0.9 : Certain, $"named like {Text}, and {share:P0} of its values look so");
            return FormWeight > 0 ? new(Value, FormWeight * share, $"{share:P0} of its values look like {Text}") : null;
        }
    }

    [GeneratedRegex(@"^[A-Za-z]{0,4}(\d[A-Za-z]?[ ./-]?){8,40}$")]
    private static partial Regex ManyDigits();

    [GeneratedRegex(@"([\p{Ll}\p{N}])(\p{Lu})")]
    private static partial Regex CamelCase();

    [GeneratedRegex(@"[^\p{L}\p{N}]+")]
    private static partial Regex Separators();

    [GeneratedRegex(@" (e ?mail|mail|courriel|correo) ")]
    private static partial Regex EmailName();

    [GeneratedRegex(@"^[^\s@]+@[^\s@]+\.[^\s@]{2,}$")]
    private static partial Regex Email();

    [GeneratedRegex(@" (phone|telephone|tel|telefon|telefono|mobile|mobil|cell|handy|natel|fax|msisdn)( |no |nr |number )")]
    private static partial Regex PhoneName();

    [GeneratedRegex(@"^(\+|00|\(?0)[\d ()./-]{6,22}$|^\(?\d{3}\)?[ .-]\d{3}[ .-]\d{4}$")]
    private static partial Regex PhoneForm();

    [GeneratedRegex(
        @" (ssn|sin|nino|svnr|nir|social security|sozialversicherung\w*|tax id|steuer ?(nummer|id)|national id|passport( no| nr| number)?) "
    )]
    private static partial Regex SocialName();

    [GeneratedRegex(@"^(?!000|666|9)\d{3}-(?!00)\d{2}-(?!0000)\d{4}$")]
    private static partial Regex SocialForm();

    [GeneratedRegex(@" (ahv|avs|ahvn13|navs13|sozialversicherungsnummer)( |nr |nummer )")]
    private static partial Regex AhvName();

    [GeneratedRegex(@"^756[. ]?\d{4}[. ]?\d{4}[. ]?\d{2}$")]
    private static partial Regex AhvForm();

    [GeneratedRegex(@" (iban|bank account|account number|konto(nummer)?) ")]
    private static partial Regex IbanName();

    [GeneratedRegex(@"^[A-Za-z]{2}\d{2} ?([A-Za-z0-9] ?){11,30}$")]
    private static partial Regex IbanForm();

    [GeneratedRegex(@" (pan|cc|credit card|card|kreditkarte\w*|carte)( |no |nr |number |nummer )")]
    private static partial Regex CardName();

    [GeneratedRegex(@"^[3-6](\d[ -]?){12,17}\d$")]
    private static partial Regex CardForm();

    [GeneratedRegex(@" ip( address| addr)? |ipaddress")]
    private static partial Regex IpName();

    [GeneratedRegex(@"^(25[0-5]|2[0-4]\d|1?\d?\d)(\.(25[0-5]|2[0-4]\d|1?\d?\d)){3}$|^([0-9a-fA-F]{1,4}:){7}[0-9a-fA-F]{1,4}$")]
    private static partial Regex IpForm();

    [GeneratedRegex(@" (birth ?(date|day)?|date of birth|dob|geburts?\w*|naissance|nascita|nacimiento) ")]
    private static partial Regex BirthName();

    [GeneratedRegex(@"^\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|^\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4}")]
    private static partial Regex DateForm();

    [GeneratedRegex(
        @" (first ?name|last ?name|sur ?name|given ?name|fore ?name|middle ?name|full ?name|maiden ?name|family ?name|vor ?name|nach ?name|familien ?name|pr[eé]nom|nom( de famille)?|cognome|apellido|(customer|person|contact|user|employee|patient|client|member|holder|owner|kunden?) ?name) "
    )]
    private static partial Regex PersonName();

    [GeneratedRegex(@"^[\p{L}\p{M}][\p{L}\p{M} .,'’-]*$")]
    private static partial Regex LettersForm();

    [GeneratedRegex(@" (street|stra(ss|ß)e|address( line)?( \d)?|addr|adresse|rue|indirizzo)( \d| line \d)? ")]
    private static partial Regex AddressName();

    [GeneratedRegex(@"^(?=.*\p{L})(?!.*@)[\p{L}\p{M}\p{N} .,'’#/-]+$", RegexOptions.Singleline)]
    private static partial Regex AddressForm();
}
