using ServerlessHub.Samples;

namespace ServerlessHub.Host.Tests.Samples;

public class SampleDataTests
{
    private const int Rows = 4000;

    [Theory]
    [InlineData("customer")]
    [InlineData("orders")]
    public void The_same_seed_gives_the_same_bytes_and_another_seed_others(string application)
    {
        using var first = new SampleRoot();
        using var second = new SampleRoot();
        using var other = new SampleRoot();

        // A database file has the engine's own identifiers in it.
        var files = first.Write(application, Rows, seed: 1).Where(file => !file.EndsWith(".duckdb", StringComparison.Ordinal)).ToList();
        second.Write(application, Rows, seed: 1);
        other.Write(application, Rows, seed: 2);

        Assert.Equal(first.Fingerprints(files), second.Fingerprints(files));
        Assert.Empty(first.Fingerprints(files).Intersect(other.Fingerprints(files)));
    }

    [Fact]
    public void Typical_customers_have_each_kind_of_dirt_as_often_as_it_says()
    {
        using var root = new SampleRoot();
        root.Write("customer", Rows, seed: 7);

        Assert.Equal(Expected(Dirt.Typical), CustomerDirt(root));
    }

    [Fact]
    public void Dirt_is_as_much_as_asked()
    {
        var dirt = new Dirt
        {
            Duplicates = 1,
            LateUpdates = 200,
            MissingKeys = 40,
            BadDates = 5,
            Unicode = 3,
            LineEnds = 2,
            Quotes = 4,
            MixedCaseEmails = 6,
            UnknownCountries = 7,
            EmptyEnds = 8,
        };
        using var root = new SampleRoot();
        root.Write("customer", Rows, seed: 7, dirt);

        Assert.Equal(Expected(dirt), CustomerDirt(root));
    }

    [Fact]
    public void Spotless_customers_have_no_dirt()
    {
        using var root = new SampleRoot();
        root.Write("customer", Rows, seed: 7, Dirt.None);

        Assert.Equal(Expected(Dirt.None), CustomerDirt(root));
    }

    [Fact]
    public void Too_much_dirt_is_refused()
    {
        using var root = new SampleRoot();

        Assert.Throws<ArgumentException>(() => root.Write("customer", Rows, seed: 7, new Dirt { Duplicates = 200, Unicode = 200 }));
        Assert.Throws<ArgumentException>(() => root.Write("customer", Rows, seed: 7, new Dirt { Duplicates = -1 }));
    }

    [Fact]
    public void The_CRM_knows_every_customer_once_and_some_changed_on_the_run_date()
    {
        using var root = new SampleRoot();
        root.Write("customer", Rows, seed: 7);
        root.Attach("landing/customer/crm.duckdb", "crm");
        const string keys =
            "SELECT DISTINCT customer_id FROM read_csv('{root}/landing/customer/*.csv', header = true) WHERE customer_id IS NOT NULL";

        Assert.Equal(root.Count($"SELECT count(*) FROM ({keys})"), root.Count("SELECT count(*) FROM crm.customer"));
        Assert.Equal(0, root.Count($"SELECT count(*) FROM (({keys}) EXCEPT SELECT customer_id FROM crm.customer)"));
        var changed = root.Count($"SELECT count(*) FROM crm.customer WHERE updated_at >= DATE '{SampleData.RunDate:yyyy-MM-dd}'");
        Assert.InRange(changed, Rows / 5, Rows / 2);
    }

    [Fact]
    public void The_CRM_has_an_empty_table_to_write_to_whose_key_is_the_country()
    {
        using var root = new SampleRoot();
        root.Write("customer", 1, seed: 7);
        root.Attach("landing/customer/crm_service.duckdb", "service");

        Assert.Equal(0, root.Count("SELECT count(*) FROM service.dbo.customer_service_snapshot"));
        Assert.Equal(
            1,
            root.Count(
                "SELECT count(*) FROM duckdb_constraints() WHERE constraint_type = 'PRIMARY KEY' AND constraint_column_names = ['country_name']"
            )
        );
    }

    [Fact]
    public void Shop_customers_come_with_their_dirt_and_most_orders_with_a_customer_of_theirs()
    {
        using var root = new SampleRoot();
        root.Write("orders", Rows, seed: 7);
        const string customers = "read_parquet('{root}/landing/orders/customers/*.parquet')";
        const string events = "read_json('{root}/landing/orders/events/*.jsonl', format = 'newline_delimited', ignore_errors = true)";

        Assert.Equal(Rows / 4, root.Count($"SELECT count(*) FROM {customers}"));
        Assert.Equal(Of(Dirt.Typical.MixedCaseEmails) / 4, root.Count($"SELECT count(*) FROM {customers} WHERE email <> lower(email)"));
        var orphans = root.Count(
            $"SELECT count(*) FROM {events} WHERE data.customer_id NOT IN (SELECT customer_id FROM {customers} WHERE customer_id IS NOT NULL)"
        );
        Assert.InRange(orphans, 1, Rows / 10);
    }

    [Fact]
    public void Store_sales_are_one_byte_a_character_with_their_dirt()
    {
        using var root = new SampleRoot();
        root.Write("orders", Rows, seed: 7);
        root.Keep(
            "sales",
            "FROM read_csv('{root}/landing/orders/stores/*.csv', delim = ';', header = true, all_varchar = true, encoding = 'latin-1')"
        );

        Assert.Equal(Rows / 4, root.Count("SELECT count(*) FROM sales"));
        Assert.NotEqual(0, root.Count("SELECT count(*) FROM sales WHERE store_city = 'Zürich'"));
        Assert.Equal(Of(Dirt.Typical.EmptyEnds) / 4, root.Count("SELECT count(*) FROM sales WHERE category = '-'"));
        Assert.Equal(Of(Dirt.Typical.BadDates) / 4, root.Count("SELECT count(*) FROM sales WHERE try_cast(sold_at AS TIMESTAMP) IS NULL"));
        Assert.Equal(Of(Dirt.Typical.Duplicates) / 4, root.Count("SELECT count(*) - count(DISTINCT s) FROM sales s"));
    }

    [Fact]
    public void Writing_again_replaces_what_was_generated_and_nothing_else()
    {
        using var root = new SampleRoot();
        var first = root.Write("customer", 1000, seed: 1);
        var own = Path.Combine(root.Path, "landing/customer/mine.csv");
        var stale = Path.Combine(root.Path, "landing/customer/customers-0099.csv");
        File.WriteAllText(own, "customer_id\n1\n");
        File.WriteAllText(stale, "customer_id\n1\n");

        var second = root.Write("customer", 1000, seed: 2);

        Assert.Equal(first, second);
        Assert.True(File.Exists(own));
        Assert.False(File.Exists(stale));
    }

    [Fact]
    public void Cancelled_it_leaves_what_was_there_and_nothing_half_written()
    {
        using var root = new SampleRoot();
        var files = root.Write("customer", 1000, seed: 1);
        var before = root.Fingerprints(files);

        Assert.ThrowsAny<OperationCanceledException>(() =>
            SampleData.Write(root.Path, "customer", 1000, 2, new CancellationToken(canceled: true))
        );

        Assert.Equal(before, root.Fingerprints(files));
        Assert.Equal(["customer"], Directory.GetFileSystemEntries(Path.Combine(root.Path, "landing")).Select(Path.GetFileName));
    }

    [Fact]
    public void An_application_that_does_not_exist_is_refused()
    {
        using var root = new SampleRoot();

        Assert.Throws<ArgumentException>(() => root.Write("invoices", 1, seed: 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => root.Write("orders", 0, seed: 1));
    }

    [Fact]
    public void Order_events_have_each_kind_of_dirt_as_often_as_it_says()
    {
        using var root = new SampleRoot();
        root.Write("orders", Rows, seed: 7);
        root.Keep(
            "lines",
            "FROM read_csv('{root}/landing/orders/events/*.jsonl', columns = {line: 'VARCHAR'}, header = false, delim = '\\x01', quote = '', escape = '')"
        );
        root.Keep("events", "SELECT line::JSON AS e FROM lines WHERE json_valid(line)");

        Assert.Equal(Rows, root.Count("SELECT count(*) FROM lines"));
        Assert.Equal(Of(Dirt.Typical.BrokenLines), root.Count("SELECT count(*) FROM lines WHERE NOT json_valid(line)"));
        Assert.Equal(Of(Dirt.Typical.Duplicates), root.Count("SELECT count(*) - count(DISTINCT e) FROM events"));
        Assert.Equal(
            Of(Dirt.Typical.LateUpdates),
            root.Count("SELECT count(DISTINCT e.id) - count(DISTINCT e.subject) FROM events WHERE e->>'$.subject' IS NOT NULL")
        );
        Assert.Equal(Of(Dirt.Typical.MissingKeys), root.Count("SELECT count(*) FROM events WHERE json_type(e, '$.subject') = 'NULL'"));
        Assert.Equal(
            Of(Dirt.Typical.BadDates),
            root.Count("SELECT count(*) FROM events WHERE try_cast(e->>'$.data.placed_at' AS TIMESTAMP) IS NULL")
        );
        Assert.Equal(Of(Dirt.Typical.Unicode), root.Count("SELECT count(*) FROM events WHERE e->>'$.data.gift_message' LIKE '%🎂'"));
        Assert.Equal(
            Of(Dirt.Typical.LineEnds),
            root.Count("SELECT count(*) FROM events WHERE contains(e->>'$.data.gift_message', chr(10))")
        );
        Assert.Equal(
            Of(Dirt.Typical.UnknownCountries),
            root.Count("SELECT count(*) FROM events WHERE e->>'$.data.shipping.country_code' IN ('XX', 'UK', 'EU')")
        );
    }

    private static long Of(int share) => share * Rows / 1000;

    private static Dirt Expected(Dirt dirt) => dirt with { BrokenLines = 0 };

    /// <summary>The dirt that is in the customers' files, found by looking at them, in a thousand rows.</summary>
    private static Dirt CustomerDirt(SampleRoot root)
    {
        root.Keep(
            "customers",
            "FROM read_csv('{root}/landing/customer/*.csv', header = true, all_varchar = true, delim = ',', quote = '\"')"
        );
        Assert.Equal(Rows, root.Count("SELECT count(*) FROM customers"));
        int Share(string sql) => (int)(root.Count(sql) * 1000 / Rows);
        int Where(string condition) => Share($"SELECT count(*) FROM customers WHERE {condition}");

        return new Dirt
        {
            Duplicates = Share("SELECT count(*) - count(DISTINCT c) FROM customers c"),
            LateUpdates = Share(
                "SELECT count(DISTINCT (customer_id, updated_at)) - count(DISTINCT customer_id) FROM customers WHERE customer_id IS NOT NULL"
            ),
            MissingKeys = Where("customer_id IS NULL"),
            BadDates = Where("try_cast(birth_date AS DATE) IS NULL"),
            Unicode = Where("NOT regexp_full_match(first_name || last_name, '[ -~]*')"),
            LineEnds = Where("contains(notes, chr(10))"),
            Quotes = Where("contains(notes, '\"') AND contains(notes, ',')"),
            MixedCaseEmails = Where("email <> lower(email)"),
            UnknownCountries = Where(
                "country_code NOT IN (SELECT country_code FROM read_csv('{root}/config/common/lookups/country_dim.csv', header = true, all_varchar = true))"
            ),
            EmptyEnds = Where("notes IS NULL AND referrer IS NULL"),
        };
    }
}
