using System.Security.Cryptography;

namespace ServerlessHub.Pipelines.Running;

/// <summary>Ids of runs: the moment of the start, so that they sort by time, and enough chance that no two are alike.</summary>
public static class RunId
{
    private const int MaximumLength = 100;

    /// <summary>A new id, such as <c>20261121-043000-1f9a3c7e</c>.</summary>
    public static string New(TimeProvider time) =>
        $"{time.GetUtcNow():yyyyMMdd-HHmmss}-{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(4))}";

    /// <summary>Whether a text can be an id: letters, digits, <c>-</c>, <c>_</c> and <c>.</c>, since it names files.</summary>
    public static bool IsValid(string id) =>
        id.Length is > 0 and <= MaximumLength && id[0] != '.' && id.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.');
}
