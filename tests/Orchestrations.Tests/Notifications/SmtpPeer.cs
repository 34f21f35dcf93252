using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace ServerlessHub.Orchestrations.Tests.Notifications;

/// <summary>A mail server that speaks as much of RFC 5321 and RFC 4954 as a conversation needs, and keeps what it was given.</summary>
internal sealed class SmtpPeer : IDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly Func<string, int, string?> overrule;

    /// <param name="overrule">The answer to a command of the so-manieth conversation, from 1; null for the usual one, empty to say nothing.</param>
    public SmtpPeer(Func<string, int, string?>? overrule = null)
    {
        this.overrule = overrule ?? ((_, _) => null);
        listener.Start();
        _ = Task.Run(Listen);
    }

    public int Port => ((IPEndPoint)listener.LocalEndpoint).Port;

    public ConcurrentQueue<string> Commands { get; } = [];

    public ConcurrentQueue<string> Messages { get; } = [];

    public void Dispose() => listener.Stop();

    private async Task Listen()
    {
        for (var conversation = 1; ; conversation++)
        {
            using var client = await listener.AcceptTcpClientAsync();
            try
            {
                await Converse(client.GetStream(), conversation);
            }
            catch (IOException)
            {
                // The other side has gone; the next one comes.
            }
        }
    }

    private async Task Converse(NetworkStream stream, int conversation)
    {
        using var reader = new StreamReader(stream, Encoding.UTF8);
        await Say("220 peer ready");
        while (await reader.ReadLineAsync() is { } command)
        {
            Commands.Enqueue(command);
            if (overrule(command, conversation) is { } answer)
            {
                if (answer.Length > 0)
                    await Say(answer);
                continue;
            }
            switch (command.Split(' ')[0].ToUpperInvariant())
            {
                case "EHLO":
                    await Say("250-peer\r\n250-8BITMIME\r\n250 AUTH PLAIN");
                    break;
                case "AUTH":
                    await Say("235 welcome");
                    break;
                case "DATA":
                    await Say("354 go on");
                    Messages.Enqueue(await Data(reader));
                    await Say("250 kept");
                    break;
                case "QUIT":
                    await Say("221 bye");
                    return;
                default:
                    await Say("250 fine");
                    break;
            }
        }

        async Task Say(string line) => await stream.WriteAsync(Encoding.ASCII.GetBytes(line + "\r\n"));
    }

    private static async Task<string> Data(StreamReader reader)
    {
        var text = new StringBuilder();
        while (await reader.ReadLineAsync() is { } line and not ".")
            text.Append(line.StartsWith('.') ? line[1..] : line).Append('\n');
        return text.ToString();
    }
}
