using FsCheck;
using FsCheck.Fluent;
using ServerlessHub.Engine;
using ServerlessHub.Pipelines.Definitions;
using ServerlessHub.Pipelines.Definitions.Schemas;

namespace ServerlessHub.Pipelines.Tests.Definitions.Schemas;

public sealed class AvroSchemaWriterTests
{
    [Fact]
    public void A_schema_is_written_a_field_a_line()
    {
        var text = AvroSchemaWriter.Write(
            new TableSchema(
                "customers of 2026",
                "One \"each\".",
                [
                    Column("id", LogicalType.BigInt) with
                    {
                        Doc = "The number.",
                    },
                    Column("größe", LogicalType.Decimal(12, 2)) with
                    {
                        IsNullable = true,
                        Aliases = ["size"],
                    },
                    Column("day", LogicalType.Date) with
                    {
                        DefaultFrom = "runDate",
                    },
                    Column("tags", LogicalType.List(LogicalType.Varchar)),
                ]
            ),
            "crm.staging"
        );

        Assert.Equal(
            """
            {
              "type": "record",
              "name": "customers_of_____",
              "namespace": "crm.staging",
              "doc": "One \"each\".",
              "fields": [
                { "name": "id", "type": "long", "doc": "The number." },
                { "name": "größe", "type": ["null", { "type": "bytes", "logicalType": "decimal", "precision": 12, "scale": 2 }], "default": null, "aliases": ["size"] },
                { "name": "day", "type": { "type": "int", "logicalType": "date" }, "defaultFrom": "runDate" },
                { "name": "tags", "type": { "type": "array", "items": ["null", "string"] } }
              ]
            }

            """.Replace("_____", "_2026"),
            text
        );
    }

    [Fact]
    public void A_type_that_avro_lacks_is_refused() =>
        Assert.Throws<ArgumentException>(() =>
            AvroSchemaWriter.Write(new TableSchema("R", null, [Column("a", LogicalType.Map(LogicalType.Integer, LogicalType.Integer))]))
        );

    [Fact]
    public void What_is_written_reads_back() =>
        Prop.ForAll(
                Schemas().ToArbitrary(),
                schema =>
                {
                    var findings = new Diagnostics();
                    var read = SchemaReader.Read(AvroSchemaWriter.Write(schema), "s.avsc", findings);
                    Assert.Empty(findings);
                    Assert.Equal(
                        schema.Columns.Select(c => (c.Name, c.Type, c.IsNullable, c.Doc)),
                        read!.Columns.Select(c => (c.Name, c.Type, c.IsNullable, c.Doc))
                    );
                }
            )
            .QuickCheckThrowOnFailure();

    private static Gen<TableSchema> Schemas() =>
        from types in Types(3).NonEmptyListOf()
        from nullable in ArbMap.Default.GeneratorFor<bool>().ListOf(types.Count)
        from doc in Gen.Elements("text", "with \"quotes\" \\ and\nlines", null)
        select new TableSchema("R", doc, [.. types.Select((t, i) => Column($"c {i}", t) with { IsNullable = nullable[i], Doc = doc })]);

    private static Gen<LogicalType> Types(int depth)
    {
        var leaf = Gen.OneOf(
            Gen.Elements(
                LogicalType.Boolean,
                LogicalType.Integer,
                LogicalType.BigInt,
                LogicalType.Float,
                LogicalType.Double,
                LogicalType.Varchar,
                LogicalType.Blob,
                LogicalType.Date,
                LogicalType.Time,
                LogicalType.Timestamp,
                LogicalType.TimestampTz,
                LogicalType.Uuid
            ),
            from width in Gen.Choose(1, 38)
            from scale in Gen.Choose(0, width)
            select LogicalType.Decimal(width, scale)
        );
        return depth == 0
            ? leaf
            : Gen.OneOf(
                leaf,
                Types(depth - 1).Select(LogicalType.List),
                Types(depth - 1).Select(t => LogicalType.Map(LogicalType.Varchar, t)),
                Types(depth - 1).NonEmptyListOf().Select(ts => LogicalType.Struct(ts.Select((t, i) => new Column($"f{i}", t))))
            );
    }

    private static SchemaColumn Column(string name, LogicalType type) => new(name, type, default);
}
