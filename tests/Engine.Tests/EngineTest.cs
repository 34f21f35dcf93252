namespace ServerlessHub.Engine.Tests;

/// <summary>A database in memory and a connection to it, for one test.</summary>
public abstract class EngineTest : IDisposable
{
    protected EngineTest() => Connection = Database.Connect();

    protected Database Database { get; } = Database.Open();

    protected Connection Connection { get; }

    public void Dispose()
    {
        Connection.Dispose();
        Database.Dispose();
        GC.SuppressFinalize(this);
    }

    protected List<object?[]> Rows(string sql)
    {
        using var result = Connection.Query(sql);
        return [.. result.Rows()];
    }

    protected T? Scalar<T>(string sql)
    {
        using var result = Connection.Query(sql);
        return result.Scalar<T>();
    }

    protected EngineException Fails(string sql) => Assert.Throws<EngineException>(() => Connection.Execute(sql));
}
