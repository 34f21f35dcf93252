using System.Globalization;

namespace ServerlessHub.Engine;

/// <summary>
/// Carries an exception from a callback, through DuckDB's error text, to the caller of the query: the text gets a mark, and the mark
/// finds the exception again. Only the last few are kept, since a query may swallow an error (<c>TRY</c>) and never ask.
/// </summary>
internal static class CallbackErrors
{
    private const int Kept = 64;

    // No text of a user's can hold it by chance.
    private static readonly string Mark = $"[{Guid.NewGuid():N}:";

    private static readonly (long Id, Exception Error)?[] Last = new (long, Exception)?[Kept];
    private static readonly Lock Guard = new();
    private static long _next;

    /// <summary>Keeps the exception and gives the text that stands for it.</summary>
    public static string Put(Exception error)
    {
        var message = Message(error);
        lock (Guard)
        {
            var id = _next++;
            Last[id % Kept] = (id, error);
            return string.Create(CultureInfo.InvariantCulture, $"{Mark}{id}]{message}");
        }
    }

    /// <summary>Finds the exception a text stands for, and takes the mark out of the text.</summary>
    public static Exception? Take(ref string text)
    {
        var start = text.IndexOf(Mark, StringComparison.Ordinal);
        var end = start < 0 ? -1 : text.IndexOf(']', start);
        if (end < 0 || !long.TryParse(text.AsSpan(start + Mark.Length, end - start - Mark.Length), out var id))
            return null;

        text = text.Remove(start, end - start + 1);
        lock (Guard)
        {
            if (Last[id % Kept] is not { } kept || kept.Id != id)
                return null;
            Last[id % Kept] = null;
            return kept.Error;
        }
    }

    /// <summary>An exception's own text may throw too, and from here nothing may.</summary>
    private static string Message(Exception error)
    {
        try
        {
            return error.Message;
        }
        catch (Exception)
        {
            return error.GetType().Name;
        }
    }
}
