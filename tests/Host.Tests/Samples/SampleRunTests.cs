using System.Globalization;
using System.IO.Compression;
using System.Text;
using ServerlessHub.Samples;

namespace ServerlessHub.Host.Tests.Samples;

/// <summary>Runs both sample applications from their generated data to their exports, and compares with a computation of its own over the same files.</summary>
public sealed class SampleRunTests : IDisposable
{
    private const int Rows = 4_000;
    private static readonly string RunDate = SampleData.RunDate.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
    private readonly SampleRoot root = new();

    [Fact]
    public void The_customer_applications_ranking_is_that_of_its_files()
    {
        root.Write("customer", Rows, seed: 7);
        Assert.Contains(" 0 errors, 0 warnings", Hub("validate", "all"), StringComparison.Ordinal);
        foreach (
            var pipeline in (string[])
                ["customer_staging_load", "customer_standardization", "customer_service_export", "customer_service_export"]
        )
            Hub("run", pipeline, "-p", $"runDate={RunDate}");

        var ranking = Records($"data/applications/customer/exports/customer_ranking/{RunDate}.csv")
            .Select(r => (r["country_name"], r["customers"], r["revenue"], r["revenue_per_customer"]));

        Assert.Equal(ExpectedRanking(), ranking);
    }

    [Fact]
    public void The_orders_applications_daily_store_sales_are_those_of_the_tills_files()
    {
        root.Write("orders", Rows, seed: 7);
        Assert.Contains(" 0 errors, 0 warnings", Hub("validate", "all"), StringComparison.Ordinal);
        foreach (var pipeline in (string[])["customers_load", "orders_load", "store_sales_load", "sales", "sales_summary", "sales_summary"])
            Hub("run", pipeline, "-p", $"runDate={RunDate}");

        var daily = Files($"data/applications/orders/exports/sales_daily/{RunDate}", "*.gz")
            .SelectMany(f => PlainCsv.Read(new GZipStream(File.OpenRead(f), CompressionMode.Decompress), '|'))
            .Where(r => r["channel"] == "store")
            .Select(r => (r["window_start"]![..10], r["country_code"], r["lines"], r["orders"], r["revenue"]))
            .Order();

        Assert.Equal(ExpectedStoreSales().Order(), daily);
    }

    public void Dispose() => root.Dispose();

    private IEnumerable<(string?, string?, string?, string?)> ExpectedRanking()
    {
        var countries = Records("config/common/lookups/country_dim.csv").ToDictionary(r => r["country_code"]!, r => r["country_name"]);
        var latest = new Dictionary<string, Dictionary<string, string?>>();
        foreach (var row in Files("landing/customer", "*.csv").SelectMany(f => PlainCsv.Read(File.OpenRead(f))))
        {
            // Rows without a key are one customer. Times are written so that their texts compare as they do.
            var key = row["customer_id"] ?? "";
            if (!latest.TryGetValue(key, out var before) || string.CompareOrdinal(row["updated_at"], before["updated_at"]) > 0)
                latest[key] = row;
        }
        return latest
            .Values.GroupBy(r => countries.GetValueOrDefault(r["country_code"]!) ?? "Unknown")
            .Select(g => (Country: g.Key, Customers: g.Count(), Revenue: g.Sum(r => Number(r["revenue"]))))
            .Where(c => c.Customers >= 5)
            .OrderByDescending(c => c.Revenue)
            .ThenBy(c => c.Country, StringComparer.Ordinal)
            .Select(c => ((string?)c.Country, (string?)$"{c.Customers}", Text(c.Revenue), Text(c.Revenue / c.Customers)));
    }

    private IEnumerable<(string, string?, string?, string?, string?)> ExpectedStoreSales()
    {
        var rows = Files("landing/orders/stores", "*.csv").SelectMany(f => PlainCsv.Read(File.OpenRead(f), ';', Encoding.Latin1)).ToList();
        Assert.Contains(rows, r => !IsMoment(r["sold_at"]));
        var first = SampleData.RunDate.AddDays(-30);
        return rows.Where(r => IsMoment(r["sold_at"]))
            .Where(r =>
                DateOnly.Parse(r["sold_at"]![..10], CultureInfo.InvariantCulture) is var day && day > first && day <= SampleData.RunDate
            )
            .GroupBy(r => (Day: r["sold_at"]![..10], Country: r["country_code"]))
            .Select(g =>
                (
                    g.Key.Day,
                    g.Key.Country,
                    (string?)$"{g.Count()}",
                    (string?)$"{g.Select(r => r["receipt"]).Distinct().Count()}",
                    Text(g.Sum(r => Number(r["amount"])))
                )
            );
    }

    private static bool IsMoment(string? text) =>
        DateTime.TryParseExact(text, "yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture, DateTimeStyles.None, out _);

    private static decimal Number(string? text) => text is null ? 0 : decimal.Parse(text, CultureInfo.InvariantCulture);

    private static string? Text(decimal number) =>
        Math.Round(number, 2, MidpointRounding.AwayFromZero).ToString("0.00", CultureInfo.InvariantCulture);

    private List<Dictionary<string, string?>> Records(string file) => PlainCsv.Read(File.OpenRead(Path.Combine(root.Path, file)));

    private IEnumerable<string> Files(string folder, string pattern) =>
        Directory.GetFiles(Path.Combine(root.Path, folder), pattern, SearchOption.AllDirectories).Order(StringComparer.Ordinal);

    /// <summary>What a command says, on either stream.</summary>
    private string Hub(params string[] arguments)
    {
        using var terminal = new RecordedTerminal();

        var code = CommandLine.Run([.. arguments, "--root", root.Path], terminal.Terminal, CancellationToken.None);

        Assert.True(code == ExitCode.Done, terminal.Output + terminal.Error);
        return terminal.Output + terminal.Error;
    }
}
