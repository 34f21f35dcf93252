#if HUB_FULL
using Microsoft.Data.SqlClient;
using ServerlessHub.Pipelines.Connectors;
using ServerlessHub.Pipelines.Connectors.Databases;
using ServerlessHub.Pipelines.Secrets;

namespace ServerlessHub.Pipelines.Tests.Databases;

public class SqlServerLoginTests
{
    [Theory]
    [InlineData("")]
    [InlineData(";authentication=SqlPassword")]
    [InlineData(";authentication=NotSpecified")]
    public void A_user_enters_by_password(string more)
    {
        using var connection = Connect("jdbc:sqlserver://host:1444;databaseName=crm;encrypt=strict" + more, "me", "p;w=");
        var settings = new SqlConnectionStringBuilder(connection.ConnectionString);
        Assert.Equal(
            ("host,1444", "crm", "me", "p;w="),
            (settings.DataSource, settings.InitialCatalog, settings.UserID, settings.Password)
        );
        Assert.Equal(SqlConnectionEncryptOption.Strict, settings.Encrypt);
        Assert.False(settings.IntegratedSecurity);
        Assert.Null(connection.AccessTokenCallback);
    }

    [Theory]
    [InlineData("ActiveDirectoryDefault", null)]
    [InlineData("ActiveDirectoryManagedIdentity", null)]
    [InlineData("ActiveDirectoryManagedIdentity", "6f9619ff-8b86-d011-b42d-00cf4fc964ff")]
    [InlineData("ActiveDirectoryMSI", null)]
    [InlineData("ActiveDirectoryServicePrincipal", "6f9619ff-8b86-d011-b42d-00cf4fc964ff")]
    public void An_identity_enters_by_token_and_what_it_proves_itself_by_is_not_sent(string way, string? user)
    {
        using var connection = Connect($"jdbc:sqlserver://host;databaseName=crm;authentication={way}", user, "hidden");
        var settings = new SqlConnectionStringBuilder(connection.ConnectionString);
        Assert.NotNull(connection.AccessTokenCallback);
        Assert.Equal(("", ""), (settings.UserID, settings.Password));
        Assert.Equal(SqlAuthenticationMethod.NotSpecified, settings.Authentication);
        Assert.Equal(SqlConnectionEncryptOption.Mandatory, settings.Encrypt);
    }

    [Fact]
    public void Without_a_user_the_account_of_the_hub_enters()
    {
        using var connection = Connect("jdbc:sqlserver://host\\instance;databaseName=crm", null, null);
        var settings = new SqlConnectionStringBuilder(connection.ConnectionString);
        Assert.Equal(("host\\instance", true), (settings.DataSource, settings.IntegratedSecurity));
    }

    [Theory]
    [InlineData("SqlPassword")]
    [InlineData("ActiveDirectoryServicePrincipal")]
    [InlineData("ActiveDirectoryInteractive")]
    public void A_way_in_that_there_is_not_is_refused(string way)
    {
        var refusal = Assert.Throws<RunException>(() => Connect($"jdbc:sqlserver://host;authentication={way}", null, null));
        Assert.Contains($"authentication={way} without a user", refusal.Message, StringComparison.Ordinal);
    }

    private static SqlConnection Connect(string url, string? user, string? password) =>
        SqlServerLogin.Connect(new DatabaseAddress(JdbcUrl.Parse(url)!, user, password is null ? null : new Secret(password)));
}
#endif
