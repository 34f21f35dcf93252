namespace ServerlessHub.Pipelines.Masking;

/// <summary>Makes a buffer as large as it must be, and larger than that, so that it is soon made for the last time.</summary>
internal static class Buffers
{
    /// <summary>Makes room; what was in it is lost.</summary>
    public static void Grow<T>(ref T[] buffer, int length)
    {
        if (buffer.Length < length)
            buffer = new T[Math.Max(length, buffer.Length * 2)];
    }

    /// <summary>Makes room and keeps what is in it.</summary>
    public static void Extend<T>(ref T[] buffer, int length)
    {
        if (buffer.Length < length)
            Array.Resize(ref buffer, Math.Max(length, buffer.Length * 2));
    }
}
