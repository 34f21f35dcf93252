using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using ServerlessHub.Orchestrations.Notifications;
using ServerlessHub.Pipelines.Secrets;

namespace ServerlessHub.Orchestrations.Tests.Notifications;

public sealed class WebhookSenderTests
{
    private static readonly SendPolicy Short = new() { Timeout = TimeSpan.FromMilliseconds(300) };
    private readonly TestClock clock = new();

    [Fact]
    public async Task A_notification_arrives_once_with_its_id_and_a_signature_that_others_can_check()
    {
        using var receiver = new HttpReceiver(HttpReceiver.Answer(204));
        using var sender = new WebhookSender(new(), clock);
        var delivery = await sender.Send(receiver.Address, null, new Secret("a key of ours"), Samples.Failure());
        Assert.Equal(new Delivery("127.0.0.1", 1), delivery);
        var (headers, body) = Assert.Single(receiver.Requests);
        Assert.Equal("20260302-080000-aa.failure", headers["webhook-id"]);
        Assert.Equal("1772438400", headers["webhook-timestamp"]);
        Assert.Equal("application/json; charset=utf-8", headers["content-type"]);
        var mac = HMACSHA256.HashData("a key of ours"u8, Encoding.UTF8.GetBytes("20260302-080000-aa.failure.1772438400." + body));
        Assert.Equal("v1," + Convert.ToBase64String(mac), headers["webhook-signature"]);
        var json = JsonDocument.Parse(body).RootElement;
        Assert.Equal("job.failure", json.GetProperty("type").GetString());
        Assert.Equal("2026-03-02T08:00:00.0000000Z", json.GetProperty("timestamp").GetString());
        Assert.Equal("orders_nightly", json.GetProperty("data").GetProperty("job").GetString());
        Assert.Equal("load", json.GetProperty("data").GetProperty("failedNodes")[0].GetString());
    }

    [Fact]
    public void A_signature_is_what_the_reference_of_Standard_Webhooks_computes()
    {
        var key = new Secret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
        var signature = WebhookSignature.Of(key, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, "{\"test\": 2432232314}"u8);
        Assert.Equal("v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=", signature);
        Assert.Throws<SecretException>(() => WebhookSignature.Of(new Secret("whsec_*"), "id", 1, []));
    }

    [Fact]
    public async Task Without_a_key_nothing_is_signed()
    {
        using var receiver = new HttpReceiver(HttpReceiver.Answer(200));
        using var sender = new WebhookSender(new(), clock);
        await sender.Send(receiver.Address, null, null, Samples.Failure());
        Assert.False(receiver.Requests.Single().Headers.ContainsKey("webhook-signature"));
    }

    [Fact]
    public async Task What_may_pass_is_tried_again_with_the_same_id_and_waits_grow()
    {
        using var receiver = new HttpReceiver(
            HttpReceiver.Answer(503),
            HttpReceiver.Answer(500),
            HttpReceiver.Answer(408),
            HttpReceiver.Answer(425),
            HttpReceiver.Answer(202)
        );
        using var sender = new WebhookSender(new(), clock);
        var delivery = await sender.Send(receiver.Address, null, null, Samples.Failure());
        Assert.Equal((true, 5), (delivery.IsDelivered, delivery.Attempts));
        Assert.Single(receiver.Requests.Select(r => r.Headers["webhook-id"]).Distinct());
        for (var i = 0; i < 4; i++)
            Assert.InRange(clock.Waits[i], TimeSpan.FromSeconds(1 << i), TimeSpan.FromSeconds(1.25 * (1 << i)));
    }

    [Theory]
    [InlineData("7", 7)]
    [InlineData("Mon, 02 Mar 2026 08:00:20 GMT", 20)]
    [InlineData("100000", 60)]
    public async Task A_receiver_that_says_when_is_waited_for_as_long_as_is_reasonable(string retryAfter, int seconds)
    {
        using var receiver = new HttpReceiver(HttpReceiver.Answer(429, retryAfter), HttpReceiver.Answer(200));
        using var sender = new WebhookSender(new(), clock);
        Assert.True((await sender.Send(receiver.Address, null, null, Samples.Failure())).IsDelivered);
        Assert.Equal([TimeSpan.FromSeconds(seconds)], clock.Waits);
    }

    [Theory]
    [InlineData(400, "format 'hub'")]
    [InlineData(401, "same key")]
    [InlineData(404, "the address is gone")]
    [InlineData(302, "follows none")]
    public async Task Any_other_answer_is_final_and_said_plainly_without_the_address(int status, string hint)
    {
        using var receiver = new HttpReceiver(HttpReceiver.Answer(status, location: "http://127.0.0.1:1/elsewhere"));
        using var sender = new WebhookSender(new(), clock);
        var delivery = await sender.Send(receiver.Address, null, null, Samples.Failure());
        Assert.Equal(($"it answered {status}", 1), (delivery.Error, delivery.Attempts));
        Assert.Contains(hint, delivery.Hint);
        Assert.DoesNotContain("secret-path", delivery.ToString());
        Assert.Single(receiver.Requests);
    }

    [Fact]
    public async Task A_receiver_that_hangs_costs_no_more_than_the_time_of_its_tries()
    {
        using var receiver = new HttpReceiver(HttpReceiver.Hang);
        using var sender = new WebhookSender(Short with { Attempts = 2 }, clock);
        var delivery = await sender.Send(receiver.Address, null, null, Samples.Failure());
        Assert.Equal(("no answer within 0.3 s", 2), (delivery.Error, delivery.Attempts));
    }

    [Fact]
    public async Task A_receiver_that_is_not_there_is_said_to_be_out_of_reach()
    {
        using var receiver = new HttpReceiver(HttpReceiver.Answer(200));
        receiver.Dispose();
        using var sender = new WebhookSender(new() { Attempts = 3 }, clock);
        var delivery = await sender.Send(receiver.Address, null, null, Samples.Failure());
        Assert.StartsWith("it cannot be reached: ", delivery.Error);
        Assert.Equal(3, delivery.Attempts);
    }

    [Fact]
    public async Task Who_cancels_is_not_told_that_it_was_delivered()
    {
        using var receiver = new HttpReceiver(HttpReceiver.Hang);
        using var sender = new WebhookSender(new(), clock);
        using var cancel = new CancellationTokenSource(TimeSpan.FromMilliseconds(100));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() =>
            sender.Send(receiver.Address, null, null, Samples.Failure(), cancel.Token)
        );
    }
}
