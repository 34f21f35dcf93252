using System.Security.Cryptography;
using FsCheck;
using FsCheck.Fluent;
using ServerlessHub.Pipelines.Masking;

namespace ServerlessHub.Pipelines.Tests.Masking;

public class HmacSha256Tests
{
    private static readonly byte[] Key = [.. Enumerable.Range(0, 32).Select(i => (byte)i)];

    [Fact]
    public void The_codes_are_those_of_the_platform()
    {
        // Lengths around the ends of blocks matter: 55 bytes and their padding fill the first one.
        var message = Gen.OneOf(Gen.Choose(0, 20), Gen.Choose(50, 70), Gen.Choose(110, 200))
            .SelectMany(length => Gen.Choose(0, 255).Select(value => (byte)value).ArrayOf(length));
        Prop.ForAll(
                message.OrNull().ArrayOf().ToArbitrary(),
                messages =>
                {
                    var codes = Compute(messages);
                    return messages
                        .Zip(codes)
                        .All(pair => pair.Second.SequenceEqual(pair.First is null ? new byte[32] : HMACSHA256.HashData(Key, pair.First)));
                }
            )
            .QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Every_length_in_every_lane_is_right()
    {
        var messages = Enumerable
            .Range(0, 300)
            .Select(length => Enumerable.Range(0, length).Select(i => (byte)(i * 7)).ToArray())
            .ToArray();
        Assert.Equal(messages.Select(message => HMACSHA256.HashData(Key, message)), Compute(messages));
    }

    private static IEnumerable<byte[]> Compute(byte[]?[] messages)
    {
        var values = new ByteVector();
        foreach (var message in messages)
        {
            if (message is null)
                values.AddNull();
            else
                values.Add(message);
        }
        var codes = new byte[messages.Length * HmacSha256.CodeLength];
        new HmacSha256(Key).Compute(values, codes);
        return codes.Chunk(HmacSha256.CodeLength);
    }
}
