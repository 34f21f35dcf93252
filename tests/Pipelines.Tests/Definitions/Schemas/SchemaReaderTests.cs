using FsCheck;
using FsCheck.Fluent;
using ServerlessHub.Engine;
using ServerlessHub.Pipelines.Definitions;
using ServerlessHub.Pipelines.Definitions.Schemas;

namespace ServerlessHub.Pipelines.Tests.Definitions.Schemas;

public sealed class SchemaReaderTests
{
    [Fact]
    public void An_avro_record_gives_columns()
    {
        var schema = Read(
            """
            {
              "type": "record", "name": "Customer", "namespace": "crm", "doc": "One each.",
              "fields": [
                { "name": "id", "type": "long", "doc": "The number.", "aliases": ["customer_id", "nr"] },
                { "name": "Full Name", "type": ["null", "string"], "default": null },
                { "name": "status", "type": { "type": "enum", "name": "Status", "symbols": ["a", "b"] }, "default": "a" },
                { "name": "day", "type": { "type": "int", "logicalType": "date" }, "defaultFrom": "runDate" },
                { "name": "address", "type": { "type": "record", "name": "Address", "fields": [
                  { "name": "city", "type": "string" },
                  { "name": "geo", "type": { "type": "record", "name": "other.Geo", "fields": [{ "name": "x", "type": "double" }] } } ] } },
                { "name": "earlier", "type": { "type": "array", "items": "Address" } },
                { "name": "places", "type": { "type": "map", "values": ["null", "other.Geo"] } },
                { "name": "again", "type": ["crm.Status", "null"] }
              ]
            }
            """
        );

        Assert.Equal(("Customer", "One each."), (schema.Name, schema.Doc));
        Assert.Equal(
            [
                "id BIGINT",
                "Full Name VARCHAR?",
                "status VARCHAR = a",
                "day DATE = :runDate",
                "address STRUCT(city VARCHAR, geo STRUCT(x DOUBLE))",
                "earlier STRUCT(city VARCHAR, geo STRUCT(x DOUBLE))[]",
                "places MAP(VARCHAR, STRUCT(x DOUBLE))",
                "again VARCHAR?",
            ],
            schema.Columns.Select(Described)
        );
        Assert.Equal(["customer_id", "nr"], schema.Columns[0].Aliases);
        Assert.Equal("The number.", schema.Columns[0].Doc);
        Assert.Equal(new SourceLocation("s.avsc", 4, 15), schema.Columns[0].Location);
    }

    [Fact]
    public void A_json_schema_gives_columns()
    {
        var schema = Read(
            """
            {
              "$schema": "https://json-schema.org/draft/2020-12/schema", "title": "Order", "description": "One each.",
              "type": "object",
              "$defs": {
                "money": { "type": "number", "format": "decimal(12, 2)" },
                "place": { "type": "object", "properties": { "city": { "type": "string" }, "cost": { "$ref": "#/$defs/money" } } },
                "a/b~c": { "$ref": "#/$defs/money" }
              },
              "properties": {
                "id": { "type": "integer", "description": "The number.", "aliases": ["nr"] },
                "small": { "type": ["integer", "null"], "format": "int32" },
                "day": { "type": "string", "format": "date", "default": "2026-01-31" },
                "status": { "enum": ["a", "b"], "default": "a" },
                "total": { "$ref": "#/$defs/money", "default": 0 },
                "tax": { "$ref": "#/$defs/a~1b~0c" },
                "from": { "anyOf": [{ "$ref": "#/$defs/place" }, { "type": "null" }] },
                "stops": { "type": "array", "items": { "$ref": "#/$defs/place" } },
                "counts": { "type": "object", "additionalProperties": { "type": "integer" } },
                "taken": { "type": "string", "format": "date-time", "defaultFrom": "runTime" },
                "blob": { "type": "string", "contentEncoding": "base64", "default": "AQI=" }
              },
              "required": ["id", "small", "day", "total", "tax", "from", "stops", "counts", "taken", "blob"]
            }
            """
        );

        Assert.Equal(("Order", "One each."), (schema.Name, schema.Doc));
        Assert.Equal(
            [
                "id BIGINT",
                "small INTEGER?",
                "day DATE = 2026-01-31",
                "status VARCHAR? = a",
                "total DECIMAL(12,2) = 0",
                "tax DECIMAL(12,2)",
                "from STRUCT(city VARCHAR, cost DECIMAL(12,2))?",
                "stops STRUCT(city VARCHAR, cost DECIMAL(12,2))[]",
                "counts MAP(VARCHAR, BIGINT)",
                "taken TIMESTAMP WITH TIME ZONE = :runTime",
                "blob BLOB = \\x01\\x02",
            ],
            schema.Columns.Select(Described)
        );
        Assert.Equal(["nr"], schema.Columns[0].Aliases);
        Assert.Equal("The number.", schema.Columns[0].Doc);
    }

    [Fact]
    public void An_array_of_objects_is_read_as_its_objects() =>
        Assert.Equal(
            ["a BIGINT?"],
            Read("""{ "type": "array", "items": { "properties": { "a": { "type": "integer" } } } }""").Columns.Select(Described)
        );

    [Theory]
    // Avro's own values.
    [InlineData("\"int\"", "7", "7")]
    [InlineData("\"double\"", "1e3", "1e3")]
    [InlineData("\"boolean\"", "true", "true")]
    [InlineData("\"string\"", "\"a\\\"b\"", "a\"b")]
    [InlineData("\"bytes\"", "\"\\u0001\\u00ff\"", "\\x01\\xFF")]
    [InlineData("{\"type\":\"int\",\"logicalType\":\"date\"}", "-1", "1969-12-31")]
    [InlineData("{\"type\":\"long\",\"logicalType\":\"timestamp-millis\"}", "1500", "1970-01-01 00:00:01.500000Z")]
    [InlineData("[\"null\",{\"type\":\"long\",\"logicalType\":\"timestamp-micros\"}]", "1500000", "1970-01-01 00:00:01.500000Z")]
    [InlineData("{\"type\":\"long\",\"logicalType\":\"local-timestamp-micros\"}", "1", "1970-01-01 00:00:00.000001")]
    [InlineData("{\"type\":\"int\",\"logicalType\":\"time-millis\"}", "3600000", "01:00:00.000000")]
    [InlineData("{\"type\":\"bytes\",\"logicalType\":\"decimal\",\"precision\":6,\"scale\":2}", "\"\\u0000\"", "0.00")]
    [InlineData("{\"type\":\"bytes\",\"logicalType\":\"decimal\",\"precision\":6,\"scale\":2}", "\"\\u00ff\\u0085\"", "-1.23")]
    [InlineData("{\"type\":\"array\",\"items\":\"int\"}", "[]", "[]")]
    [InlineData("{\"type\":\"map\",\"values\":\"int\"}", "{}", "{}")]
    public void A_default_of_avro_is_a_text_that_the_engine_casts(string type, string value, string expected)
    {
        var column = Read($$"""{"type":"record","name":"R","fields":[{"name":"a","type":{{type}},"default":{{value}}}]}""").Columns[0];
        using var database = Database.Open();
        using var connection = database.Connect();

        Assert.Equal(expected, column.Default);
        using var result = connection.Query($"SELECT CAST({Sql.Literal(column.Default!)} AS {column.Type}) IS NOT NULL");
        Assert.True(result.Scalar<bool>());
    }

    /// <summary>Schemas with <c>§</c> before each mistake, and what is said about it.</summary>
    public static TheoryData<string, string> BadSchemas =>
        new()
        {
            { "§", "the file is not JSON" },
            { "{ \"type\": §'record' }", "the file is not JSON" },
            { "{ \"a\": 1 }\n§{", "the file is not JSON" },
            { "§[1]", "the file is neither an Avro schema nor a JSON Schema of a table" },
            { "§{ \"a\": 1 }", "the file is neither an Avro schema nor a JSON Schema of a table" },
            {
                "{ \"type\": \"record\", §\"type\": \"record\", \"name\": \"R\", \"fields\": [{ \"name\": \"a\", \"type\": \"int\" }] }",
                "the member 'type' is there twice"
            },
            { "§{ \"type\": \"record\", \"fields\": [] }", "'record' has a name" },
            { "§{ \"type\": \"record\", \"name\": \"R\" }", "a record has an array of fields" },
            { "{ \"type\": \"record\", \"name\": \"R\", \"fields\": §[] }", "a record has at least one field" },
            { Avro("§{ \"type\": \"int\" }"), "a field has a name" },
            { Avro("§{ \"name\": \"a\" }"), "the field 'a' has no type" },
            { Avro("{ \"name\": \"a\", \"type\": §\"strng\" }"), "'strng' is no Avro type; did you mean 'string'?" },
            { Avro("{ \"name\": \"ä\", \"type\": §\"x\" }"), "'x' is no Avro type" },
            { Avro("{ \"name\": \"a\", \"type\": §\"null\" }"), "a column has a type besides null" },
            {
                Avro("{ \"name\": \"a\", \"type\": §[\"int\", \"string\"] }"),
                "a column has one type: a union may be of null and one other; choose"
            },
            { Avro("{ \"name\": \"a\", \"type\": §[] }"), "a column has one type" },
            { Avro("{ \"name\": \"a\", \"type\": §{ \"items\": \"int\" } }"), "an object is no type" },
            { Avro("{ \"name\": \"a\", \"type\": §5 }"), "5 is no type" },
            { Avro("{ \"name\": \"a\", \"type\": §{ \"type\": \"array\" } }"), "'array' has no items" },
            { Avro("{ \"name\": \"a\", \"type\": §{ \"type\": \"map\" } }"), "'map' has no values" },
            { Avro("{ \"name\": \"a\", \"type\": { \"type\": \"array\", \"items\": §\"R\" } }"), "the record 'R' would hold itself" },
            { Avro("{ \"name\": \"a\", \"type\": { \"type\": \"enum\", \"name\": §\"R\" } }"), "the type 'R' is already defined" },
            { Avro("{ \"name\": \"a\", \"type\": §{ \"type\": \"bytes\", \"logicalType\": \"decimal\" } }"), "a decimal has a precision" },
            {
                Avro("{ \"name\": \"a\", \"type\": { \"type\": \"bytes\", \"logicalType\": \"decimal\", \"precision\": §39 } }"),
                "a decimal has a precision of 1 to 38"
            },
            {
                Avro("{ \"name\": \"a\", \"type\": \"int\" }, { \"name\": §\"A\", \"type\": \"int\" }"),
                "'A' is already declared in line 1"
            },
            {
                Avro("{ \"name\": \"a\", \"type\": \"int\" }, { \"name\": §\"b\", \"type\": \"int\", \"aliases\": [\"a\"] }"),
                "the alias 'a' also means 'a'"
            },
            { Avro("{ \"name\": \"a\", \"type\": \"int\", \"aliases\": §\"b\" }"), "aliases must be an array of names" },
            {
                Avro("{ \"name\": \"a\", \"type\": \"int\", \"default\": §null }"),
                "the default null is no value of the type INTEGER; make the type"
            },
            { Avro("{ \"name\": \"a\", \"type\": \"int\", \"default\": §\"x\" }"), "the default 'x' is no value of the type INTEGER" },
            { Avro("{ \"name\": \"a\", \"type\": \"int\", \"default\": §1.5 }"), "the default cannot be '1.5': it must be a whole number" },
            {
                Avro(
                    "{ \"name\": \"a\", \"type\": { \"type\": \"bytes\", \"logicalType\": \"decimal\", \"precision\": 9, \"scale\": 2 }, \"default\": §\"0.00\" }"
                ),
                "the default '0.00' is no value of the type DECIMAL(9,2); Avro writes a decimal as the bytes of its digits"
            },
            {
                Avro(
                    "{ \"name\": \"a\", \"type\": { \"type\": \"long\", \"logicalType\": \"timestamp-millis\" }, \"default\": §99999999999999999 }"
                ),
                "the default 99999999999999999 is no value"
            },
            {
                Avro("{ \"name\": \"a\", \"type\": \"int\", \"defaultFrom\": §\"run date\" }"),
                "defaultFrom must name a parameter, but is 'run date'"
            },
            {
                Avro("{ \"name\": \"a\", \"type\": \"int\", \"default\": §1, \"defaultFrom\": \"n\" }"),
                "a column has either default or defaultFrom"
            },
            { Avro("{ \"name\": \"a\", \"type\": \"int\", \"doc\": §1 }"), "doc must be a string" },
            { "§{ \"$schema\": \"x\", \"type\": \"object\" }", "the schema of a table is an object with properties" },
            { "{ \"properties\": §{} }", "properties is an object with at least one member" },
            { Json("\"a\": { \"type\": §\"strng\" }"), "'strng' is no type of JSON Schema; did you mean 'string'?" },
            { Json("\"a\": §{}"), "a column has a type; add" },
            { Json("\"a\": §true"), "true is no schema of a column" },
            { Json("\"a\": { \"type\": §[\"string\", \"integer\"] }"), "a column has one type, and may be null besides" },
            { Json("\"a\": { \"type\": §\"null\" }"), "a column has a type besides null" },
            { Json("\"a\": { \"oneOf\": §[{ \"type\": \"string\" }, { \"type\": \"integer\" }] }"), "a column has one type" },
            { Json("\"a\": { \"allOf\": §[] }"), "allOf is not understood" },
            { Json("\"a\": { \"$ref\": §\"other.json\" }"), "'other.json' is outside of this file" },
            { Json("\"a\": { \"$ref\": §\"#/$defs/thng\" }") + " ", "'#/$defs/thng' is not in this file; did you mean 'thing'?" },
            { Json("\"a\": { \"$ref\": §\"#/properties/a\" }"), "'#/properties/a' would hold itself" },
            {
                Json("\"a\": { \"type\": \"array\", \"items\": { \"$ref\": §\"#/properties/a\" } }"),
                "'#/properties/a' would hold itself; a column cannot be nested without end"
            },
            { Json("\"a\": §{ \"type\": \"array\" }"), "an array has items of one type" },
            { Json("\"a\": §{ \"type\": \"object\" }"), "an object has properties, or additionalProperties" },
            {
                Json("\"a\": { \"type\": \"number\", \"format\": §\"decimal(12;2)\" }"),
                "'decimal(12;2)' is no decimal; write decimal(precision,scale)"
            },
            { Json("\"a\": { \"type\": \"number\", \"format\": §\"decimal(39,2)\" }"), "'decimal(39,2)' is no decimal" },
            { Json("\"a\": { \"type\": \"integer\", \"default\": §\"x\" }"), "the default 'x' is no value of the type BIGINT" },
            {
                Json("\"a\": { \"type\": \"string\", \"format\": \"date\", \"default\": §\"31.1.\" }"),
                "the default cannot be '31.1.': it must be a date"
            },
            { Json("\"a\": { \"type\": \"integer\" }, §\"A\": { \"type\": \"integer\" }"), "'A' is already declared in line 1" },
            {
                "{ \"properties\": { \"name\": { \"type\": \"string\" } }, \"required\": [§\"nmae\"] }",
                "'nmae' is required, but no property; did you mean 'name'?"
            },
            { "{ \"properties\": { \"name\": { \"type\": \"string\" } }, \"required\": §true }", "required is an array of names" },
        };

    [Theory]
    [MemberData(nameof(BadSchemas))]
    public void Each_mistake_is_found_at_its_place(string marked, string expected)
    {
        var findings = new Diagnostics();
        var schema = SchemaReader.Read(marked.Replace("§", ""), "s.avsc", findings);

        Assert.Null(schema);
        var finding = Assert.Single(findings);
        Assert.StartsWith(expected, finding.Hint is null ? finding.Message : $"{finding.Message}; {finding.Hint}");
        var before = marked[..marked.IndexOf('§')];
        Assert.Equal(
            (Rule.BadSchema, new SourceLocation("s.avsc", before.Count(c => c == '\n') + 1, before.Length - before.LastIndexOf('\n'))),
            (finding.Rule, finding.Location)
        );
    }

    [Fact]
    public void All_mistakes_are_found_at_once()
    {
        var findings = new Diagnostics();
        SchemaReader.Read(Avro("{ \"name\": \"a\", \"type\": \"x\" }, { \"type\": \"int\" }, { \"name\": \"c\" }"), "s.avsc", findings);

        Assert.Equal(3, findings.Count);
    }

    [Fact]
    public void A_schema_that_grows_without_bounds_is_refused()
    {
        // Each doubles the one before.
        var defs = string.Join(
            ",",
            Enumerable
                .Range(1, 40)
                .Select(i =>
                    $$$""" "d{{{i}}}": { "properties": { "a": { "$ref": "#/$defs/d{{{i - 1}}}" }, "b": { "$ref": "#/$defs/d{{{i - 1}}}" } } }"""
                )
        );
        var json = $$"""{ "$defs": { "d0": { "type": "string" }, {{defs}} }, "properties": { "x": { "$ref": "#/$defs/d40" } } }""";
        var chain = string.Join(
            ",",
            Enumerable.Range(0, 5000).Select(i => $$$""" "d{{{i}}}": { "items": { "$ref": "#/$defs/d{{{i + 1}}}" } }""")
        );
        var deep = $$"""{ "$defs": { {{chain}}, "d5000": { "type": "string" } }, "properties": { "x": { "$ref": "#/$defs/d0" } } }""";
        var records = string.Join(
            ",",
            Enumerable
                .Range(1, 40)
                .Select(i =>
                    $$$"""{ "name": "f{{{i}}}", "type": { "type": "record", "name": "T{{{i}}}", "fields": [{ "name": "a", "type": "T{{{i - 1}}}" }, { "name": "b", "type": "T{{{i - 1}}}" }] } }"""
                )
        );
        var avro = Avro($$"""{ "name": "f0", "type": { "type": "enum", "name": "T0", "symbols": [] } }, {{records}}""");

        foreach (var text in (string[])[json, deep, avro])
        {
            var findings = new Diagnostics();
            Assert.Null(SchemaReader.Read(text, "s.json", findings));
            Assert.All(findings, f => Assert.StartsWith("the schema has more than 10000 columns and fields", f.Message));
            Assert.Single(findings);
        }
    }

    [Fact]
    public void Any_text_is_read_or_reported_but_never_throws()
    {
        var whole = Avro(
            """{ "name": "a", "type": ["null", { "type": "array", "items": { "type": "record", "name": "S", "fields": [{ "name": "x", "type": { "type": "bytes", "logicalType": "decimal", "precision": 5, "scale": 2 } }] } }], "default": null }, { "name": "b", "type": "S", "doc": "d", "aliases": ["c"] }"""
        );
        var other = Json("\"a\": { \"type\": [\"string\", \"null\"], \"format\": \"date\" }, \"b\": { \"$ref\": \"#/$defs/thing\" }");
        var damaged =
            from text in Gen.Elements(whole, other)
            from at in Gen.Choose(0, text.Length - 1)
            from length in Gen.Choose(0, 8)
            from insert in Gen.Elements(
                "",
                "{",
                "}",
                "[",
                "]",
                "\"",
                ",",
                ":",
                "null",
                "1",
                "\"type\"",
                "\"record\"",
                "\"#/properties/b\"",
                "\u0001",
                "ä"
            )
            select text.Remove(at, Math.Min(length, text.Length - at)).Insert(at, insert);

        Prop.ForAll(
                Gen.OneOf(damaged, ArbMap.Default.GeneratorFor<NonNull<string>>().Select(s => s.Get)).ToArbitrary(),
                text =>
                {
                    var findings = new Diagnostics();
                    return SchemaReader.Read(text, "s", findings) is null == findings.HasErrors;
                }
            )
            .QuickCheckThrowOnFailure();
    }

    private static string Avro(string fields) => $$"""{ "type": "record", "name": "R", "fields": [{{fields}}] }""";

    private static string Json(string properties) =>
        $$"""{ "$defs": { "thing": { "type": "string" } }, "properties": { {{properties}} } }""";

    private static TableSchema Read(string text)
    {
        var findings = new Diagnostics();
        var schema = SchemaReader.Read(text, "s.avsc", findings);
        Assert.Empty(findings);
        return schema!;
    }

    private static string Described(SchemaColumn c) =>
        $"{c.Name} {c.Type}{(c.IsNullable ? "?" : "")}{(c.Default is null ? "" : $" = {c.Default}")}{(c.DefaultFrom is null ? "" : $" = :{c.DefaultFrom}")}";
}
