using System.Buffers.Binary;
using System.Security.Cryptography;

namespace ServerlessHub.Pipelines.Masking;

/// <summary>Permutations of domains too small for FF1, also when walked to from the smallest that it may be used for: the prefix cipher of Black
/// and Rogaway ("Ciphers with Arbitrary Finite Domains", 2002). Each member of the domain is encrypted by AES; their order by ciphertext is the
/// permutation. It is as good as AES itself, and a table of the domain is all it takes. Safe for use by several threads.</summary>
internal sealed class SmallDomains(byte[] key)
{
    /// <summary>The least size of a domain that is not small.</summary>
    public const int Limit = 1 << 17;

    /// <summary>How many members all tables may have together before they are dropped and made again as needed: 64 MiB. The tables of all domains
    /// of ASCII letters and digits have 2.2 million.</summary>
    private const int Capacity = 8_000_000;

    private readonly Lock gate = new();
    private readonly Dictionary<ulong, Table> tables = [];
    private int held;

    /// <summary>What stands for each member of a domain, and which member each stands for.</summary>
    public sealed record Table(int[] Token, int[] Member);

    /// <summary>The permutation of a domain.</summary>
    /// <param name="format">The classes of the value's characters, which name the domain; see <see cref="Format"/>.</param>
    /// <param name="size">How many members it has, under <see cref="Limit"/>.</param>
    public Table Get(ulong format, int size)
    {
        lock (gate)
        {
            if (tables.TryGetValue(format, out var table))
                return table;
            if (held + size > Capacity)
            {
                tables.Clear();
                held = 0;
            }
            held += size;
            return tables[format] = Make(format, size);
        }
    }

    /// <summary>Names a domain by the classes of its values' characters. A small one has values of at most five characters, since no class has
    /// fewer than ten members.</summary>
    public static ulong Format(ReadOnlySpan<byte> kinds)
    {
        var format = 0UL;
        foreach (var kind in kinds)
            format = format << 8 | (uint)kind + 1;
        return format;
    }

    private Table Make(ulong format, int size)
    {
        var blocks = new byte[size * BlockCipher.Block];
        for (var i = 0; i < size; i++)
        {
            BinaryPrimitives.WriteUInt64BigEndian(blocks.AsSpan(i * BlockCipher.Block), format);
            BinaryPrimitives.WriteInt64BigEndian(blocks.AsSpan(i * BlockCipher.Block + 8), i);
        }
        using var aes = Aes.Create();
        aes.Key = key;
        aes.EncryptEcb(blocks, blocks, PaddingMode.None);
        var order = new UInt128[size];
        var member = new int[size];
        for (var i = 0; i < size; i++)
        {
            order[i] = BinaryPrimitives.ReadUInt128BigEndian(blocks.AsSpan(i * BlockCipher.Block));
            member[i] = i;
        }
        Array.Sort(order, member);
        var token = new int[size];
        for (var i = 0; i < size; i++)
            token[member[i]] = i;
        return new Table(token, member);
    }
}
