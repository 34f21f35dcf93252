using System.Globalization;
using System.Numerics;
using System.Text;

namespace ServerlessHub.Pipelines.Drafting;

/// <summary>The check digits that tell a real number of a kind from any other of its length.</summary>
internal static class Checksums
{
    /// <summary>ISO 7812: card numbers. Digits only.</summary>
    public static bool Luhn(ReadOnlySpan<char> digits)
    {
        var sum = 0;
        for (var i = 0; i < digits.Length; i++)
        {
            var digit = digits[^(i + 1)] - '0';
            sum += i % 2 == 0 ? digit : (digit * 2 / 10) + (digit * 2 % 10);
        }
        return sum % 10 == 0;
    }

    /// <summary>EAN-13: the Swiss AHV number. Thirteen digits.</summary>
    public static bool Ean13(ReadOnlySpan<char> digits)
    {
        var sum = 0;
        for (var i = 0; i < digits.Length; i++)
            sum += (digits[i] - '0') * (i % 2 == 0 ? 1 : 3);
        return sum % 10 == 0;
    }

    /// <summary>ISO 7064, modulo 97: an IBAN, without spaces.</summary>
    public static bool Iban(string iban)
    {
        var digits = new StringBuilder();
        foreach (var c in iban[4..] + iban[..4])
            digits.Append(char.IsAsciiDigit(c) ? c - '0' : char.ToUpperInvariant(c) - 'A' + 10);
        return BigInteger.Parse(digits.ToString(), CultureInfo.InvariantCulture) % 97 == 1;
    }
}
