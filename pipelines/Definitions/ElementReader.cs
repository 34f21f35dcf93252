using System.Xml;

namespace ServerlessHub.Pipelines.Definitions;

/// <summary>Reads elements from an XML reader by their declarations, and reports what does not fit them.</summary>
internal sealed class ElementReader(XmlReader xml, SourceDocument document, Diagnostics findings, int maxDepth)
{
    private readonly IXmlLineInfo lines = (IXmlLineInfo)xml;
    private ElementSpec? root;
    private bool tooDeep;

    /// <summary>Reads the whole document; null when its root is another element or it is nested too deep.</summary>
    public Element? ReadRoot(ElementSpec spec)
    {
        root = spec;
        xml.MoveToContent();
        Element? element = null;
        if (xml.Name == spec.Name)
            element = Read(spec);
        else
        {
            var hint = NearestName.Hint(xml.Name, [spec.Name]) ?? $"this document's root element is <{spec.Name}>";
            findings.Add(Rule.UnknownElement, Here(-1), $"the document is a <{xml.Name}>", hint);
            Skip();
        }
        while (!tooDeep && xml.Read()) { }
        return tooDeep ? null : element;
    }

    private Element Read(ElementSpec spec)
    {
        var draft = new ElementDraft(spec, xml.Name, Here(-1), document, findings);
        ReadAttributes(draft);
        xml.MoveToElement();
        if (!xml.IsEmptyElement)
            ReadContent(draft);
        return draft.Finish();
    }

    private void ReadAttributes(ElementDraft draft)
    {
        while (xml.MoveToNextAttribute())
        {
            // What binds a document to its XSD is the editor's business.
            if (xml.Prefix == "xmlns" || xml.Name == "xmlns" || xml.NamespaceURI == "http://www.w3.org/2001/XMLSchema-instance")
                continue;
            draft.AddAttribute(xml.Name, Here(), ValueOfAttribute());
        }
    }

    private void ReadContent(ElementDraft draft)
    {
        while (!tooDeep && xml.Read() && xml.NodeType != XmlNodeType.EndElement)
            if (xml.NodeType == XmlNodeType.Element)
                ReadChild(draft);
            else if (IsText())
                draft.AddText(xml.Value, Offset(), xml.NodeType == XmlNodeType.CDATA);
    }

    private void ReadChild(ElementDraft draft)
    {
        if (IsTooDeep())
            return;
        if (draft.ChildSpec(xml.Name) is { } child)
            draft.AddChild(Read(child));
        else if (draft.AttributeSpec(xml.Name) is { OrChild: true } attribute)
            draft.AddAttribute(Here(-1), ReadValue(attribute));
        else
        {
            draft.AddUnknown(xml.Name, Here(-1), root!);
            Skip();
        }
    }

    private ElementDraft ReadValue(AttributeSpec attribute)
    {
        var spec = new ElementSpec(attribute.Name, attribute.Summary) { Content = ContentKind.Text };
        var value = new ElementDraft(spec, xml.Name, Here(-1), document, findings);
        ReadAttributes(value);
        xml.MoveToElement();
        if (!xml.IsEmptyElement)
            ReadContent(value);
        return value;
    }

    private void Skip()
    {
        if (xml.IsEmptyElement)
            return;
        for (var open = 1; open > 0 && !tooDeep && xml.Read(); )
            if (xml.NodeType == XmlNodeType.EndElement)
                open--;
            else if (xml.NodeType == XmlNodeType.Element && !IsTooDeep() && !xml.IsEmptyElement)
                open++;
    }

    private bool IsTooDeep()
    {
        if (xml.Depth < maxDepth)
            return false;
        findings.Add(Rule.DocumentTooLarge, Here(-1), $"elements are nested deeper than {maxDepth} levels");
        return tooDeep = true;
    }

    private bool IsText() =>
        xml.NodeType is XmlNodeType.Text or XmlNodeType.CDATA or XmlNodeType.Whitespace or XmlNodeType.SignificantWhitespace;

    private SourceText ValueOfAttribute()
    {
        var text = document.Text;
        var equals = text.IndexOf('=', Offset());
        var quote = text.AsSpan(equals).IndexOfAny('"', '\'') + equals;
        return new SourceText(document, xml.Value, new SourceText.Segment(0, quote + 1, IsVerbatim: false));
    }

    private int Offset() => document.OffsetOf(lines.LineNumber, lines.LinePosition);

    private SourceLocation Here(int shift = 0) => document.LocationOf(Offset() + shift);
}
