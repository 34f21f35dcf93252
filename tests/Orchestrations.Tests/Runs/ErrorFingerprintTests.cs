using ServerlessHub.Orchestrations.Runs;

namespace ServerlessHub.Orchestrations.Tests.Runs;

public sealed class ErrorFingerprintTests
{
    [Theory]
    [InlineData(
        "landing/customers/2026-03-01.csv:1204: 'abc' is no integer, in column 'age'",
        "landing/customers/2026-03-02.csv:7: 'x y' is no integer, in column 'age'"
    )]
    [InlineData("no file matches 'landing/2026-03-01/*.csv'", "no file matches 'landing/2026-03-02/*.csv'")]
    [InlineData(
        "table crm.staging.customer was changed by others 5 times while this run wrote it: version 17 was first",
        "table crm.staging.customer was changed by others 5 times while this run wrote it: version 4,012 was first"
    )]
    [InlineData(
        "the run needs more memory than its budget: failed to allocate data of size 16.0 MiB (244.1 MiB/244.1 MiB used)",
        "the run needs more memory than its budget: failed to allocate data of size 32.0 MiB (512.0 MiB/512.0 MiB used)"
    )]
    [InlineData(
        "the storage failed: Could not find file '/var/hub/data/a.parquet'.",
        "the storage failed: Could not find file '/srv/hub/data/b.parquet'."
    )]
    [InlineData(
        "run 20260301-043000-1f9a3c7e.load is gone since 2026-03-01T04:30:00.123Z",
        "run 20260302-053100-00000000.other is gone since 2026-03-02T05:31:00Z"
    )]
    [InlineData(
        "https://account.blob.core.windows.net/landing?sig=1 answered 503 (request 0f8fad5b-d9cb-469f-a165-70867728950e)",
        "https://account.blob.core.windows.net/landing?sig=2 answered 504 (request 7c9e6679-7425-40de-944b-e07fc1f90ae7)"
    )]
    public void Like_failures_have_one_fingerprint(string one, string other)
    {
        Assert.Equal(ErrorFingerprint.Normalise(one), ErrorFingerprint.Normalise(other));
        Assert.Equal(Of(one), Of(other));
    }

    [Theory]
    [InlineData("'abc' is no integer, in column 'age'", "'abc' is no date, in column 'age'")]
    [InlineData("the disk is full", "a file would be larger than this user may write")]
    [InlineData("table crm.staging.customer: there is no table here.", "table crm.staging.orders: there is no table here.")]
    public void Other_failures_have_others(string one, string other) => Assert.NotEqual(Of(one), Of(other));

    [Fact]
    public void Document_and_class_tell_failures_apart()
    {
        Assert.NotEqual(Of("the disk is full"), ErrorFingerprint.Of("crm/staging/other", ErrorClass.Data, "the disk is full"));
        Assert.NotEqual(Of("the disk is full"), ErrorFingerprint.Of("crm/staging/load", ErrorClass.Transient, "the disk is full"));
    }

    /// <summary>Fingerprints are kept: whoever changes what one is must count the scheme up.</summary>
    [Fact]
    public void A_fingerprint_is_the_same_in_every_version()
    {
        Assert.Equal("<path>:<n>: <text> isn't an integer", ErrorFingerprint.Normalise("landing/a.csv:12:  'x'\n isn't an Integer"));
        Assert.Equal("1-fe796ea2ba00695e", ErrorFingerprint.Of("crm/staging/load", ErrorClass.Data, "landing/a.csv:12: 'x' is no integer"));
    }

    private static string Of(string message) => ErrorFingerprint.Of("crm/staging/load", ErrorClass.Data, message);
}
