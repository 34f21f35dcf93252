using ServerlessHub.Engine;

namespace ServerlessHub.Samples;

/// <summary>
/// Makes the data that the sample applications read, as much as asked and as dirty as real data is. The same arguments give the same bytes.
/// </summary>
public static class SampleData
{
    /// <summary>The day the data is of. With it as <c>runDate</c> a run over sample data gives the same result on any day.</summary>
    public static DateOnly RunDate { get; } = new(2026, 6, 30);

    /// <summary>The applications there is data for.</summary>
    public static IReadOnlyList<string> Applications { get; } = ["customer", "orders"];

    /// <summary>Writes an application's data below <c>landing/</c> of a hub root, in place of what an earlier call wrote there.</summary>
    /// <param name="hubRoot">The hub root; it is made if it is missing.</param>
    /// <param name="application">One of <see cref="Applications"/>.</param>
    /// <param name="rows">The lines of the application's largest input: customers, or order events. At least 1.</param>
    /// <param name="seed">Another seed gives other data.</param>
    /// <param name="cancellation">Stops it; nothing is left behind, and what was there before stays.</param>
    /// <returns>The files, relative to the hub root.</returns>
    /// <exception cref="ArgumentException">There is no such application, or no row is asked for.</exception>
    /// <exception cref="IOException">The root cannot be written.</exception>
    /// <exception cref="EngineException">The root cannot be written, or the disk is full.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public static IReadOnlyList<string> Write(string hubRoot, string application, long rows, int seed, CancellationToken cancellation) =>
        Write(hubRoot, application, rows, seed, Dirt.Typical, cancellation);

    /// <summary>Writes an application's data as the other overload does, with the shares of each kind of dirt.</summary>
    /// <param name="hubRoot">The hub root.</param>
    /// <param name="application">One of <see cref="Applications"/>.</param>
    /// <param name="rows">The lines of the application's largest input.</param>
    /// <param name="seed">Another seed gives other data.</param>
    /// <param name="dirt">How dirty it is.</param>
    /// <param name="cancellation">Stops it.</param>
    /// <returns>The files, relative to the hub root.</returns>
    /// <exception cref="ArgumentException">As there, or there is too much dirt in all.</exception>
    /// <inheritdoc cref="Write(string, string, long, int, CancellationToken)" path="/exception"/>
    public static IReadOnlyList<string> Write(
        string hubRoot,
        string application,
        long rows,
        int seed,
        Dirt dirt,
        CancellationToken cancellation
    )
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(rows, 1);
        Action<Generator> write = application switch
        {
            "customer" => generator => CustomerData.Write(generator, rows),
            "orders" => generator => OrdersData.Write(generator, rows),
            _ => throw new ArgumentException($"There is no sample application '{application}'.", nameof(application)),
        };
        var landing = Directory.CreateDirectory(Path.Combine(hubRoot, "landing")).FullName;
        using var aside = new AsideFolder(landing);
        using (var generator = new Generator(aside.Path, seed, dirt, cancellation))
            write(generator);
        return [.. aside.MoveTo(Path.Combine(landing, application)).Select(file => $"landing/{application}/{file}")];
    }
}
