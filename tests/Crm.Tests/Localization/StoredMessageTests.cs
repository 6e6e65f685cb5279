using Crm.Platform.Localization;

namespace Crm.Tests.Localization;

public sealed class StoredMessageTests
{
    [Fact]
    public void Read_WhatWasWritten_IsTheSameMessage()
    {
        var message = new Message("{0}; {1}", new Message("{0} has no field {1}", new LocalizedText("Contacts", "联系人"), "a<b"), 42);
        var read = StoredMessage.Read(StoredMessage.Write(message));
        Assert.Equal("Contacts has no field a<b; 42", read.ToString());
        var inner = Assert.IsType<Message>(read.Arguments[0]);
        Assert.Equal(new LocalizedText("Contacts", "联系人"), inner.Arguments[0]);
    }

    [Theory]
    [InlineData("550 5.1.1 User {0} unknown")]
    [InlineData("[\"broken")]
    [InlineData("[127.0.0.1] refused")]
    [InlineData("")]
    public void Read_OtherText_IsTheTextItself(string text) => Assert.Equal(text, StoredMessage.Read(text).ToString());

    [Fact]
    public void Write_LongArgument_KeepsItsBeginning()
        => Assert.InRange(StoredMessage.Write(new("{0}", new string('x', 10_000))).Length, 500, 600);
}
