using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using ServerlessHub.Engine;
using ServerlessHub.Lake;
using ServerlessHub.Lake.Storage;
using ServerlessHub.Pipelines.Connectors;
using ServerlessHub.Pipelines.Planning.Operators;
using ServerlessHub.Pipelines.Running;
using ServerlessHub.Streams.Definitions;
using ServerlessHub.Streams.Kafka;
using ServerlessHub.Streams.Processing;
using ServerlessHub.Streams.Sources;

namespace ServerlessHub.Streams.Publishing;

/// <summary>
/// The last phase: the rows of a summary that changed since the last publication are sent on, of each key the newest. Up to which version that was done is
/// written down once all are confirmed, so after a crash some are sent again, under the same ids. One process at a time publishes a summary.
/// </summary>
internal sealed class Publisher : IDisposable
{
    private const long MemoryLimit = 256L << 20;
    private static readonly JsonWriterOptions Json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly StreamDefinition _stream;
    private readonly PublishDefinition _publish;
    private readonly DriverDefinition _driver;
    private readonly TableName _name;
    private readonly DeltaTable _table;
    private readonly StreamFolder _folder;
    private readonly TimeProvider _time;
    private readonly KafkaSink _sink;
    private readonly Database _database;
    private readonly Connection _connection;
    private StorageLock? _lock;

    /// <summary>Prepares it.</summary>
    /// <exception cref="RunException">A resource or a secret of the sink is missing.</exception>
    public Publisher(HubRoot root, StreamDefinition stream, PublishDefinition publish, TimeProvider time, ILogger logger)
    {
        (_stream, _publish, _time) = (stream, publish, time);
        _driver = stream.Document.Drivers.Single(d => d.Id == publish.Driver);
        _name = stream.Table(_driver.Table);
        _table = new(root.Storage, _name.Folder, time);
        _folder = new(root.Storage, stream.Address);
        _sink = new(KafkaConnection.Of(publish.Sink, root, stream.Address), logger);
        _database = Database.Open(new DatabaseOptions { MemoryLimitBytes = MemoryLimit, Threads = 1 });
        _connection = _database.Connect();
        _connection.Execute("SET TimeZone = 'UTC'");
    }

    private string Position => PublishPosition.NameOf(_publish);

    /// <summary>Sends what has changed.</summary>
    /// <returns>How many rows were sent; none if another process publishes.</returns>
    /// <exception cref="RunException">The sink fails; doing it again is safe.</exception>
    /// <exception cref="LakeException">The summary cannot be read; doing it again is safe.</exception>
    public long Publish(CancellationToken ct)
    {
        if (_lock is not { IsHeld: true })
        {
            _lock?.Dispose();
            _lock = _folder.Lock(Position);
        }
        if (_lock is null || _table.TryRead(ct: ct) is not { } summary)
            return 0;
        var before = _folder.Read<PublishPosition>(Position)?.Version;
        if (before >= summary.Version)
            return 0;
        var sent = 0L;
        using (var scan = Changed(summary, before, ct))
        using (var rows = _connection.Query(scan.Sql, ct))
            _sink.Send(rows.Rows().Select(Event).Select(e => (sent++, e).e), ct);
        _folder.Replace(Position, new PublishPosition(summary.Version, _time.GetUtcNow()));
        return sent;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _lock?.Dispose();
        _connection.Dispose();
        _database.Dispose();
        _sink.Dispose();
    }

    /// <summary>The rows whose newest state is to be sent, with the version it is of; all, where the log no longer tells what has changed.</summary>
    private SnapshotQuery Changed(Snapshot summary, long? before, CancellationToken ct)
    {
        if (before is { } version)
            try
            {
                var changes = _table.Changes(_connection, version + 1, summary.Version, ct);
                return new(
                    changes,
                    $"""
                    SELECT {Columns(summary)}, _commit_version, _commit_timestamp, _change_type = 'delete'
                    FROM (SELECT *, row_number() OVER (PARTITION BY {string.Join(
                        ", ",
                        Keys(summary).Select(Sql.Identifier).DefaultIfEmpty("1")
                    )}
                        ORDER BY _commit_version DESC, _change_type = 'delete') AS _newest
                      FROM ({changes.Sql}) WHERE _change_type <> 'update_preimage')
                    WHERE _newest = 1 ORDER BY _commit_version
                    """
                );
            }
            catch (LakeException)
            {
                // The log that tells what has changed is gone; what it is now is still there.
            }
        var all = summary.Scan(_connection);
        return new(
            all,
            string.Create(
                CultureInfo.InvariantCulture,
                $"SELECT {Columns(summary)}, {summary.Version}::BIGINT, {Sql.Literal(summary.Timestamp)}, false FROM ({all.Sql})"
            )
        );
    }

    private string Columns(Snapshot summary)
    {
        var keys = Keys(summary).ToArray();
        var shown = summary.Columns.Where(c => !c.Name.StartsWith('_') || keys.Contains(c.Name)).ToArray();
        string Json(TableColumn column) =>
            column.Type.Kind == TypeKind.TimestampTz
                ? $"strftime({Sql.Identifier(column.Name)}, '%Y-%m-%dT%H:%M:%S.%fZ')"
                : Sql.Identifier(column.Name);
        string Texts(IEnumerable<string> names) =>
            $"json_array({string.Join(", ", names.Select(n => Json(summary.Columns.First(c => c.Name == n))))})::VARCHAR";
        var body = $"json_object({string.Join(", ", shown.Select(c => $"{Sql.Literal(c.Name)}, {Json(c)}"))})::VARCHAR";
        var key = _publish.Sink.Has("key") ? [.. _publish.Sink.Names("key")] : keys;
        var text = key.Length == 1 ? $"({Json(summary.Columns.First(c => c.Name == key[0]))})::VARCHAR" : Texts(key);
        return $"{body}, {text}, {Texts(keys)}";
    }

    private IEnumerable<string> Keys(Snapshot summary) =>
        (_driver.Element.Has("groupBy") ? _driver.Element.Names("groupBy") : []).Concat(
            summary.Columns.Any(c => c.Name == Aggregate.WindowStart) && _driver.Element.Has("window") ? [Aggregate.WindowStart] : []
        );

    private OutgoingEvent Event(object?[] row)
    {
        var (body, key, identity) = ((string)row[0]!, (string?)row[1], (string)row[2]!);
        var (version, at, isGone) = ((long)row[3]!, row[4], (bool)row[5]!);
        var id = string.Create(CultureInfo.InvariantCulture, $"{_name}/{version}/{identity}");
        if (isGone)
            return new(key, null, Headers("application/json"));
        return _publish.IsCloudEvent
            ? new(key, CloudEvent(id, key, at, body), Headers("application/cloudevents+json; charset=UTF-8"))
            : new(key, Encoding.UTF8.GetBytes(body), Headers("application/json"));

        Dictionary<string, string> Headers(string contentType) => new() { [OutgoingEvent.ContentType] = contentType, ["id"] = id };
    }

    private byte[] CloudEvent(string id, string? key, object? at, string body)
    {
        var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, Json))
        {
            json.WriteStartObject();
            json.WriteString("specversion", "1.0");
            json.WriteString("id", id);
            json.WriteString("source", $"/streams/{_stream.Address}");
            json.WriteString("type", $"{_name}.changed");
            if (key is { Length: > 0 })
                json.WriteString("subject", key);
            json.WriteString("time", (DateTimeOffset)(DateTime)at!);
            json.WriteString("datacontenttype", "application/json");
            json.WritePropertyName("data");
            json.WriteRawValue(body);
            json.WriteEndObject();
        }
        return buffer.ToArray();
    }

    private sealed class SnapshotQuery(SnapshotScan scan, string sql) : IDisposable
    {
        public string Sql { get; } = sql;

        public void Dispose() => scan.Dispose();
    }
}
