using ServerlessHub.Pipelines.Drafting;

namespace ServerlessHub.Pipelines.Tests.Drafting;

public sealed class PersonalDataTests
{
    [Theory]
    [InlineData("contact", PersonalDataKind.Email, "ada@example.org", "alan.turing@example.co.uk")]
    [InlineData("c1", PersonalDataKind.Iban, "CH93 0076 2011 6238 5295 7", "DE89370400440532013000")]
    [InlineData("c2", PersonalDataKind.Ahv, "756.9217.0769.85", "7569217076985")]
    [InlineData("c3", PersonalDataKind.CardNumber, "4111 1111 1111 1111", "5500000000000004")]
    [InlineData("c4", PersonalDataKind.SocialSecurity, "078-05-1120", "219-09-9999")]
    [InlineData("c5", PersonalDataKind.Phone, "+41 44 668 18 00", "(555) 123-4567")]
    [InlineData("c6", PersonalDataKind.IpAddress, "192.168.1.10", "10.0.0.1")]
    public void Values_alone_tell_what_has_a_form_of_its_own(string column, PersonalDataKind kind, params string[] values) =>
        Assert.Equal(kind, PersonalData.Find(column, values)?.Value);

    [Theory]
    [InlineData("first_name", PersonalDataKind.PersonName, "Ada")]
    [InlineData("LastName", PersonalDataKind.PersonName, "O’Brien-Smith")]
    [InlineData("Vorname", PersonalDataKind.PersonName, "Jürgen")]
    [InlineData("customerName", PersonalDataKind.PersonName, "Ada Lovelace")]
    [InlineData("date_of_birth", PersonalDataKind.BirthDate, "1815-12-10")]
    [InlineData("Geburtsdatum", PersonalDataKind.BirthDate, "10.12.1815")]
    [InlineData("street", PersonalDataKind.Address, "12 Baker Street")]
    public void Names_tell_what_has_none(string column, PersonalDataKind kind, string value) =>
        Assert.Equal(kind, PersonalData.Find(column, [value])?.Value);

    [Theory]
    [InlineData("country_name", "Switzerland")]
    [InlineData("product_name", "Chair")]
    [InlineData("name", "Chair")]
    [InlineData("mail_count", "12")]
    [InlineData("order_id", "100045")]
    [InlineData("amount", "12.50")]
    [InlineData("created_at", "2024-01-31 10:00:00")]
    [InlineData("card_type", "gold")]
    [InlineData("iban", "not an iban")]
    [InlineData("version", "1.2.3")]
    public void What_is_no_personal_data_is_left_alone(string column, string value) => Assert.Null(PersonalData.Find(column, [value]));

    [Theory]
    [InlineData("CH93 0076 2011 6238 5295 8")]
    [InlineData("756.9217.0769.84")]
    [InlineData("4111111111111112")]
    public void A_wrong_check_digit_is_some_other_number(string value) => Assert.Null(PersonalData.Find("c", [value]));

    [Theory]
    [InlineData("ssn", "900-12-3456", PersonalDataKind.SocialSecurity)]
    [InlineData("card_number", "4111111111111112", PersonalDataKind.CardNumber)]
    public void A_wrong_check_digit_under_the_right_name_is_likely_a_slip(string column, string value, PersonalDataKind kind) =>
        Assert.Equal(kind, PersonalData.Find(column, [value])?.Value);

    [Fact]
    public void Name_and_values_together_are_more_certain_than_either()
    {
        string[] values = ["ada@example.org"];

        var both = PersonalData.Find("email", values)!.Confidence;

        Assert.True(both > PersonalData.Find("x", values)!.Confidence);
        Assert.True(both > PersonalData.Find("email", [])!.Confidence);
    }
}
