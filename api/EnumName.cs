using System.Diagnostics.CodeAnalysis;
using System.Text.Json;

namespace ServerlessHub.Api;

/// <summary>A member of an enumeration in a path or query, by its name in any case. The framework itself takes numbers there, and names only as C# spells them.</summary>
/// <param name="Value">The member.</param>
internal readonly record struct EnumName<T>(T Value) : IParsable<EnumName<T>>
    where T : struct, Enum
{
    /// <summary>The names, as the API spells them.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. Enum.GetNames<T>().Select(JsonNamingPolicy.CamelCase.ConvertName)];

    /// <exception cref="FormatException">It is no name.</exception>
    public static EnumName<T> Parse(string s, IFormatProvider? provider) =>
        TryParse(s, provider, out var name) ? name : throw new FormatException($"'{s}' is none of: {string.Join(", ", Names)}");

    public static bool TryParse([NotNullWhen(true)] string? s, IFormatProvider? provider, out EnumName<T> result)
    {
        var isName = Names.Contains(s, StringComparer.OrdinalIgnoreCase);
        result = isName ? new(Enum.Parse<T>(s!, ignoreCase: true)) : default;
        return isName;
    }
}
