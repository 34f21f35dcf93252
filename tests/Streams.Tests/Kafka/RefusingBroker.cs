using System.Buffers.Binary;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace ServerlessHub.Streams.Tests.Kafka;

/// <summary>What a client meets that may not in: a broker with a certificate that nobody has signed, or one that knows no password.</summary>
internal sealed class RefusingBroker : IDisposable
{
    private const short SaslHandshake = 17;
    private const short ApiVersions = 18;
    private const short SaslAuthenticate = 36;
    private const short UnsupportedVersion = 35;
    private const short SaslAuthenticationFailed = 58;

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly X509Certificate2? _certificate;

    /// <param name="hasTls">Whether it speaks TLS, with a certificate of its own making.</param>
    public RefusingBroker(bool hasTls)
    {
        if (hasTls)
        {
            using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
            var request = new CertificateRequest("CN=broker", key, HashAlgorithmName.SHA256);
            _certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        }
        _listener.Start();
        _ = Task.Run(Listen);
    }

    public string Servers => $"127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}";

    public void Dispose()
    {
        _listener.Stop();
        _certificate?.Dispose();
    }

    private async Task Listen()
    {
        try
        {
            while (true)
                _ = Refuse(await _listener.AcceptTcpClientAsync());
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // It was stopped.
        }
    }

    private async Task Refuse(TcpClient client)
    {
        using (client)
            try
            {
                if (_certificate is not null)
                    await new SslStream(client.GetStream()).AuthenticateAsServerAsync(_certificate);
                else
                    while (await Answer(client.GetStream())) { }
            }
            catch (Exception e) when (e is IOException or System.Security.Authentication.AuthenticationException)
            {
                // The client has gone.
            }
    }

    /// <summary>Answers one request; Kafka protocol, request header v1 and response header v0.</summary>
    private static async Task<bool> Answer(NetworkStream stream)
    {
        var size = new byte[4];
        if (await stream.ReadAtLeastAsync(size, 4, throwOnEndOfStream: false) < 4)
            return false;
        var request = new byte[BinaryPrimitives.ReadInt32BigEndian(size)];
        await stream.ReadExactlyAsync(request);
        var (api, version) = (BinaryPrimitives.ReadInt16BigEndian(request), BinaryPrimitives.ReadInt16BigEndian(request.AsSpan(2)));
        var answer = new List<byte>(request[4..8]);
        switch (api)
        {
            case ApiVersions:
                Add(answer, version == 0 ? (short)0 : UnsupportedVersion);
                answer.AddRange([0, 0, 0, 3]);
                foreach (var (known, highest) in new[] { (SaslHandshake, 1), (ApiVersions, 0), (SaslAuthenticate, 0) })
                {
                    Add(answer, known);
                    Add(answer, 0);
                    Add(answer, (short)highest);
                }
                break;
            case SaslHandshake:
                Add(answer, 0);
                answer.AddRange([0, 0, 0, 1]);
                Add(answer, "PLAIN");
                break;
            case SaslAuthenticate:
                Add(answer, SaslAuthenticationFailed);
                Add(answer, "there is no such user, or not with this password");
                answer.AddRange([0, 0, 0, 0]);
                break;
            default:
                return false;
        }
        BinaryPrimitives.WriteInt32BigEndian(size, answer.Count);
        await stream.WriteAsync((byte[])[.. size, .. answer]);
        return true;
    }

    private static void Add(List<byte> answer, short value) => answer.AddRange([(byte)(value >> 8), (byte)value]);

    private static void Add(List<byte> answer, string value)
    {
        Add(answer, (short)value.Length);
        answer.AddRange(Encoding.UTF8.GetBytes(value));
    }
}
