import JSONDocument
import Journal

extension SnapshotFile {
    /// The document that it holds, which may be larger than anything that comes in at the door.
    ///
    /// Whether it is the one that ``digest`` names is for whoever relies on it to find out.
    package func parsedDocument() throws(JSONSyntaxError) -> JSONValue {
        try JSONValue.parse(document, limits: .stored)
    }
}
