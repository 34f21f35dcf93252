using System.Net;
using System.Net.Sockets;
using Npgsql;
using ServerlessHub.Tests.Shared;

namespace ServerlessHub.Pipelines.Tests.Databases;

public class PostgresServerTests
{
    [Fact]
    public void The_server_asks_for_its_password()
    {
        var server = PostgresServer.Shared;
        var wrong = new NpgsqlConnectionStringBuilder(server.ConnectionString()) { Password = "guess" };
        using var connection = new NpgsqlConnection(wrong.ConnectionString);

        var refusal = Assert.Throws<PostgresException>(connection.Open);
        Assert.Equal(PostgresErrorCodes.InvalidPassword, refusal.SqlState);
    }

    [Fact]
    public void Each_database_is_empty_and_its_own()
    {
        var server = PostgresServer.Shared;
        var (one, other) = (server.CreateDatabase(), server.CreateDatabase());
        server.Execute(one, "CREATE TABLE customer (name text); INSERT INTO customer VALUES ('Zoë 東京')");

        Assert.Equal("Zoë 東京", server.Scalar(one, "SELECT name FROM customer"));
        Assert.Equal(DBNull.Value, server.Scalar(other, "SELECT to_regclass('customer')::text"));
    }

    [Fact]
    public void A_crash_keeps_what_was_committed_and_breaks_who_was_connected()
    {
        using var server = PostgresServer.Start();
        server.Execute("postgres", "CREATE TABLE t (x int); INSERT INTO t VALUES (1)");
        using var connection = new NpgsqlConnection(server.ConnectionString());
        connection.Open();
        using var transaction = connection.BeginTransaction();
        using var insert = new NpgsqlCommand("INSERT INTO t VALUES (2)", connection, transaction);
        insert.ExecuteNonQuery();
        var port = server.Port;

        server.Stop();

        Assert.ThrowsAny<NpgsqlException>(() => insert.ExecuteNonQuery());
        Assert.ThrowsAny<NpgsqlException>(() => server.Scalar("postgres", "SELECT 1"));

        server.Restart();

        Assert.Equal(port, server.Port);
        Assert.Equal(1L, server.Scalar("postgres", "SELECT count(*) FROM t"));
    }

    [Fact]
    public void A_port_that_is_taken_meanwhile_is_said()
    {
        using var server = PostgresServer.Start();
        server.Stop();
        using var listener = new TcpListener(IPAddress.Loopback, server.Port);
        listener.Start();

        var failure = Assert.Throws<InvalidOperationException>(server.Restart);
        Assert.Contains("could not bind", failure.Message, StringComparison.Ordinal);
    }
}
