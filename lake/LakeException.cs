namespace ServerlessHub.Lake;

/// <summary>A table cannot be read or written as asked. The message says what is wrong, where, and what to do.</summary>
public sealed class LakeException : Exception
{
    /// <summary>Creates the error of one table.</summary>
    /// <param name="table">The table's path, as the storage knows it.</param>
    /// <param name="problem">What is wrong and what to do about it, as one or more sentences.</param>
    /// <param name="version">The version of the table at which it was found, if it was found at one.</param>
    /// <param name="file">The file of the table in which it was found, relative to the table.</param>
    /// <param name="cause">What the storage or the engine reported.</param>
    public LakeException(string table, string problem, long? version = null, string? file = null, Exception? cause = null)
        : base(Compose(table, problem, version, file), cause)
    {
        Table = table;
        Version = version;
        File = file;
    }

    /// <summary>The table's path, as the storage knows it.</summary>
    public string Table { get; }

    /// <summary>The version of the table at which the problem was found, or null if it is not one version's.</summary>
    public long? Version { get; }

    /// <summary>The file in which the problem was found, relative to the table, or null if it is not one file's.</summary>
    public string? File { get; }

    private static string Compose(string table, string problem, long? version, string? file)
    {
        var place = version is null ? $"Table '{table}'" : $"Table '{table}', version {version}";
        return file is null ? $"{place}: {problem}" : $"{place}, file '{file}': {problem}";
    }
}
