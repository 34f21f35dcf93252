using ServerlessHub.Pipelines.Connectors;
using ServerlessHub.Pipelines.Definitions;
using ServerlessHub.Pipelines.Running;

namespace ServerlessHub.Pipelines.Tests.Running;

public sealed class HubRootTests : IDisposable
{
    private static readonly DocumentAddress Document = new("crm", "staging", "load");
    private readonly TemporaryHub hub = new();
    private readonly Diagnostics findings = new();

    private HubRoot Root => hub.Root;

    public void Dispose() => hub.Dispose();

    [Fact]
    public void A_document_is_found_by_its_id_its_full_name_and_its_file()
    {
        const string file = "config/applications/crm/staging/pipelines/daily/load_customers.xml";
        hub.Write(file, """<?xml version="1.0"?><!-- nightly --><pipeline id="load" version="1.0" layer="staging"/>""");
        var expected = new HubDocument(DocumentKind.Pipeline, Document, file);
        foreach (var name in new[] { "load", "crm/staging/load", file, Path.Combine(Root.Path, file) })
            Assert.Equal(expected, Root.Document(DocumentKind.Pipeline, name));
        Assert.Empty(Root.Documents(DocumentKind.Job));
    }

    [Fact]
    public void An_id_of_two_applications_needs_its_full_name()
    {
        hub.Write("config/applications/crm/staging/jobs/a.xml", "<jobPipeline id='nightly' version='1'/>");
        hub.Write("config/applications/erp/service/jobs/a.xml", "<jobPipeline id='nightly' version='1'/>");
        var e = Assert.Throws<RunException>(() => Root.Document(DocumentKind.Job, "nightly"));
        Assert.Equal("2 jobs are named 'nightly'", e.Message);
        Assert.Equal("say which: crm/staging/nightly or erp/service/nightly", e.Hint);
        Assert.Equal("erp", Root.Document(DocumentKind.Job, "erp/service/nightly").Address.App);
    }

    [Fact]
    public void A_mistyped_id_names_the_nearest()
    {
        hub.Write("config/applications/crm/staging/pipelines/load.xml", "<pipeline id='customer_load'/>");
        var e = Assert.Throws<RunException>(() => Root.Document(DocumentKind.Pipeline, "custmer_load"));
        Assert.Equal("did you mean 'customer_load'?", e.Hint);
    }

    [Fact]
    public void A_document_that_is_no_xml_goes_by_its_file_name()
    {
        hub.Write("config/applications/crm/staging/pipelines/broken.xml", "<pipeline id=");
        Assert.Equal("broken", Root.Document(DocumentKind.Pipeline, "broken").Address.Id);
    }

    [Theory]
    [InlineData("config/applications/crm/bronze/pipelines/a.xml")]
    [InlineData("config/applications/crm/staging/a.xml")]
    [InlineData("config/applications/crm/staging/schemas/a.xml")]
    [InlineData("a.xml")]
    [InlineData("../a.xml")]
    public void A_file_that_is_not_where_documents_live_has_no_address(string file) => Assert.Null(Root.AddressOf(file));

    [Theory]
    [InlineData("/etc/passwd", "HUB4002")]
    [InlineData("../outside.csv", "HUB4002")]
    [InlineData("landing/../../outside.csv", "HUB4002")]
    [InlineData("landing/..", "HUB4002")]
    [InlineData("C:/data.csv", "HUB4002")]
    [InlineData("landing\\..\\x.csv", "HUB4002")]
    [InlineData(".hub/keys", "HUB4002")]
    [InlineData("landing/.secret/x.csv", "HUB4002")]
    [InlineData("", "HUB4002")]
    [InlineData("a\0b", "HUB4002")]
    [InlineData("s3://landing/x.csv", "HUB4003")]
    [InlineData("file:///etc/passwd", "HUB4003")]
    [InlineData("file:/etc/passwd", "HUB4003")]
    [InlineData("https://example.org/x.csv", "HUB4003")]
    public void A_source_path_that_leaves_the_root_is_refused(string path, string rule)
    {
        var at = new SourceLocation("load.xml", 3, 14);
        Assert.Null(Root.Source(path, at, findings));
        var finding = Assert.Single(findings);
        Assert.Equal((rule, at), (finding.Rule.Id, finding.Location));
        Assert.NotNull(finding.Hint);
        Assert.Equal(finding.Message, Assert.Throws<RunException>(() => Root.Source(path)).Message);
    }

    [Theory]
    [InlineData("../other/x")]
    [InlineData("/x")]
    [InlineData("s3://exports/x")]
    [InlineData("service/../../../x")]
    [InlineData("export/*")]
    [InlineData(".")]
    [InlineData("service/.hub-stage")]
    public void A_target_path_that_leaves_the_application_is_refused(string path)
    {
        Assert.Null(Root.Target(path, Document, default, findings));
        Assert.True(findings.HasErrors);
    }

    [Fact]
    public void A_target_is_relative_to_the_application_s_data() =>
        Assert.Equal(Path.Combine(Root.Path, "data/applications/crm/service/export"), Root.Target("service/export", Document).Location);

    [Fact]
    public void A_pattern_finds_files_in_the_order_of_their_names()
    {
        foreach (var name in new[] { "b.csv", "a.csv", "c.txt", ".hidden.csv", "deep/d.csv", "deep/er/e.csv" })
            hub.Write("landing/" + name, "x");
        Assert.Equal(["landing/a.csv", "landing/b.csv"], Names("landing/*.csv"));
        Assert.Equal(["landing/a.csv", "landing/b.csv", "landing/deep/d.csv", "landing/deep/er/e.csv"], Names("landing/**/*.csv"));
        Assert.Equal(["landing/deep/d.csv"], Names("landing/*/*.csv"));
        Assert.Equal(["landing/a.csv", "landing/c.txt"], Names("landing/{a.csv,c.*}"));
        Assert.Equal(["landing/b.csv"], Names("landing/[!a].csv"));
        Assert.Equal(["landing/a.csv", "landing/b.csv"], Names("landing/[a-b].c?v"));
        Assert.Empty(Names("nowhere/*.csv"));
    }

    [Fact]
    public void A_folder_means_the_files_below_it_but_those_that_are_hidden()
    {
        foreach (var name in new[] { "part-0.csv", "_SUCCESS", ".part-0.crc", "_temporary/x.csv", "country=CH/part-1.csv" })
            hub.Write("landing/out/" + name, "x");
        Assert.Equal(["landing/out/country=CH/part-1.csv", "landing/out/part-0.csv"], Names("landing/out"));
        Assert.Equal(["landing/out/country=CH/part-1.csv", "landing/out/part-0.csv"], Names("landing/out/"));
    }

    [Fact]
    public void A_link_that_stays_within_the_root_is_followed()
    {
        var file = hub.Write("archive/2024/a.csv", "x");
        Link("landing", Path.Combine(Root.Path, "archive"));
        Assert.Equal(file, Assert.Single(Root.Source("landing/2024/*.csv").Files()).Location);
        Assert.Equal(file, Assert.Single(Root.Source("landing/*/a.csv").Files()).Location);
    }

    [Theory]
    [InlineData("landing/out/secret.csv")]
    [InlineData("landing/out/*.csv")]
    [InlineData("landing/*/secret.csv")]
    [InlineData("landing/{out,in}/*")]
    [InlineData("landing/up/secret.csv")]
    [InlineData("landing/file.csv")]
    [InlineData("landing/*.csv")]
    [InlineData("landing/out")]
    public void A_link_that_leaves_the_root_is_refused(string path)
    {
        File.WriteAllText(Path.Combine(hub.Outside, "secret.csv"), "x");
        Link("landing/out", hub.Outside);
        Link("landing/up", "../..");
        Link("landing/file.csv", Path.Combine(hub.Outside, "secret.csv"));
        var e = Assert.Throws<RunException>(() => Root.Source(path).Files());
        Assert.Contains("is a link that leads elsewhere", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Any_folders_do_not_follow_links()
    {
        hub.Write("landing/a.csv", "x");
        Link("landing/again", ".");
        Assert.Equal(["landing/a.csv"], Names("landing/**/*.csv"));
    }

    [Fact]
    public void Links_in_a_circle_are_an_error_not_a_hang()
    {
        Link("landing/a", "b");
        Link("landing/b", "a");
        Assert.Throws<RunException>(() => Root.Source("landing/a").Files());
    }

    [Theory]
    [InlineData("config/applications/crm/staging/resources/db.json")]
    [InlineData("config/**/*.json")]
    [InlineData("config/connections.json")]
    [InlineData("landing/keys/*")]
    public void Connections_and_the_hub_s_own_files_are_no_source(string path)
    {
        hub.Write("config/applications/crm/staging/resources/db.json", "{}");
        hub.Write("config/connections.json", "{}");
        hub.Write("config/applications/crm/staging/schemas/ok.json", "{}");
        hub.Write(".hub/keys/a", "x");
        Link("landing/keys", "../.hub/keys");
        var e = Assert.Throws<RunException>(() => Root.Source(path).Files());
        Assert.Contains("which no pipeline may read", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_mount_maps_a_prefix_to_a_folder_inside_or_outside_of_the_root()
    {
        var inside = hub.Write("landing/customer/a.csv", "x");
        var outside = Path.Combine(hub.Outside, "share");
        Directory.CreateDirectory(outside);
        File.WriteAllText(Path.Combine(outside, "b.csv"), "x");
        hub.Write("config/mounts.json", $$"""{ "s3://landing/": "landing/", "s3://landing/share": "{{outside}}" }""");
        var a = Assert.Single(Root.Source("s3://landing/customer/*.csv").Files());
        Assert.Equal(("s3://landing/customer/a.csv", inside), (a.Name, a.Location));
        Assert.Equal(Path.Combine(outside, "b.csv"), Assert.Single(Root.Source("s3://landing/share/b.csv").Files()).Location);
        Assert.Empty(Root.Source("s3://landing/shared/*").Files());
        Assert.Null(Root.Source("s3://landingzone/x", default, findings));
        Assert.Null(Root.Source("s3://landing/../x", default, findings));
        Assert.Equal(["HUB4002", "HUB4003"], findings.Select(f => f.Rule.Id).Order());
    }

    [Fact]
    public void A_mount_is_not_left_through_a_link()
    {
        hub.Write("other/x.csv", "x");
        hub.Write("landing/a.csv", "x");
        Link("landing/other", "../other");
        hub.Write("config/mounts.json", """{ "s3://landing": "landing" }""");
        Assert.Throws<RunException>(() => Root.Source("s3://landing/other/x.csv").Files());
        Assert.Single(Root.Source("landing/other/x.csv").Files());
    }

    [Fact]
    public void A_mistake_in_the_mounts_is_reported_with_its_place()
    {
        hub.Write("config/mounts.json", "{\n  \"s3://a\": 1\n}");
        Assert.Null(Root.Source("s3://a/x", default, findings));
        Assert.StartsWith("config/mounts.json:2:", Assert.Single(findings).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_schema_of_the_layer_comes_before_a_common_one()
    {
        var common = hub.Write("config/common/schemas/customer.avsc", "{}");
        Assert.Equal(common, Root.Schema("schemas/customer.avsc", Document, default, findings));
        var own = hub.Write("config/applications/crm/staging/schemas/customer.avsc", "{}");
        Assert.Equal(own, Root.Schema("schemas/customer.avsc", Document, default, findings));
        Assert.Empty(findings);
        Assert.Null(Root.Schema("schemas/custmer.avsc", Document, default, findings));
        Assert.Equal("did you mean 'schemas/customer.avsc'?", Assert.Single(findings).Hint);
        Assert.Null(Root.Schema("../../../../x.avsc", Document, default, findings));
    }

    [Fact]
    public void A_lookup_is_named_with_or_without_its_ending()
    {
        var file = hub.Write("config/common/lookups/geo/country.csv", "code,name\n");
        Assert.Equal(file, Root.Lookup("geo/country"));
        Assert.Equal(file, Root.Lookup("geo/country.csv"));
        Assert.Null(Root.Lookup("country"));
        Assert.Equal(["geo/country"], Root.Lookups());
        Assert.Throws<RunException>(() => Root.Lookup("../schemas/x"));
    }

    [Fact]
    public void A_connection_of_the_layer_comes_before_a_common_one()
    {
        hub.Write("config/common/resources/crm.json", """{ "user": "common" }""");
        Assert.Equal("common", Root.Connection("crm", Document)?.GetProperty("user").GetString());
        hub.Write("config/applications/crm/staging/resources/crm.json", """{ "user": "own" }""");
        Assert.Equal("own", Root.Connection("crm", Document)?.GetProperty("user").GetString());
        Assert.Null(Root.Connection("cmr", Document));
        Assert.Throws<RunException>(() => Root.Connection("../../x", Document));
        Assert.Equal(["crm"], Root.Connections(Document));
    }

    [Fact]
    public void A_jdbc_url_may_have_a_stand_in()
    {
        Assert.Null(Root.StandIn("jdbc:mysql://host/db"));
        hub.Write("config/connections.json", """{ "jdbc:mysql://host/db": { "jdbcUrl": "jdbc:postgresql://localhost/x" } }""");
        Assert.Equal("jdbc:postgresql://localhost/x", Root.StandIn("jdbc:mysql://host/db")?.GetProperty("jdbcUrl").GetString());
    }

    [Theory]
    [InlineData("staging.customers", "crm.staging.customers")]
    [InlineData("erp.service.orders", "erp.service.orders")]
    [InlineData("bronze.customers", null)]
    [InlineData("customers", null)]
    [InlineData("staging...", null)]
    [InlineData("staging.a/b", null)]
    [InlineData("../x.staging.a", null)]
    public void A_table_is_named_by_layer_and_table(string text, string? expected) =>
        Assert.Equal(expected, TableName.Parse(text, "crm")?.ToString());

    private string[] Names(string path) => [.. Root.Source(path).Files().Select(f => f.Name)];

    private void Link(string path, string target)
    {
        var link = Path.Combine(Root.Path, path);
        Directory.CreateDirectory(Path.GetDirectoryName(link)!);
        File.CreateSymbolicLink(link, target);
    }
}
