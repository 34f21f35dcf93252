using System.Security.Cryptography;
using ServerlessHub.Engine;
using ServerlessHub.Samples;

namespace ServerlessHub.Host.Tests.Samples;

/// <summary>A hub root with sample data, and an engine to look at it.</summary>
public sealed class SampleRoot : IDisposable
{
    private readonly Database database = Database.Open();
    private readonly Connection connection;

    public SampleRoot()
    {
        connection = database.Connect();
        SampleDocuments.CopyTo(Path);
    }

    public string Path { get; } = Directory.CreateTempSubdirectory("hub-samples-").FullName;

    public IReadOnlyList<string> Write(string application, long rows, int seed, Dirt? dirt = null) =>
        SampleData.Write(Path, application, rows, seed, dirt ?? Dirt.Typical, CancellationToken.None);

    /// <summary>The number a query gives; <c>{root}</c> in it is the root's path.</summary>
    public long Count(string sql)
    {
        using var result = connection.Query(sql.Replace("{root}", Path, StringComparison.Ordinal));
        return result.Scalar<long>();
    }

    /// <summary>Keeps a query's rows as a table; <c>{root}</c> as above.</summary>
    public void Keep(string table, string sql) =>
        connection.Execute($"CREATE TABLE {table} AS {sql.Replace("{root}", Path, StringComparison.Ordinal)}");

    /// <summary>Makes a database file of the root known to queries.</summary>
    public void Attach(string file, string name) =>
        connection.Execute($"ATTACH {Sql.Literal(System.IO.Path.Combine(Path, file))} AS {name} (READ_ONLY)");

    /// <summary>Each file's path and the hash of its bytes.</summary>
    public IReadOnlyList<string> Fingerprints(IEnumerable<string> files) => [.. files.Select(file => $"{file} {Fingerprint(file)}")];

    public void Dispose()
    {
        connection.Dispose();
        database.Dispose();
        Directory.Delete(Path, recursive: true);
    }

    private string Fingerprint(string file) => Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(System.IO.Path.Combine(Path, file))));
}
