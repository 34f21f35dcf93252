using System.Net;
using System.Net.Sockets;

namespace ServerlessHub.Infra.Tests;

/// <summary>A port of the loopback address that nobody listens on.</summary>
internal static class FreePort
{
    /// <summary>Finds one.</summary>
    public static int Find()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
