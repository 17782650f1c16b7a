import JSONDocument
import Table

/// A form that was read: its fields as text, its files on disk but not kept yet.
///
/// Whoever reads one either keeps its files or calls ``cancel()``.
package struct Form<Sink: UploadSink>: Sendable {
    /// One file of the form.
    package struct File: Sendable {
        /// As the client named it; may be empty and may be anything.
        package let name: String
        /// Where its bytes are.
        package let sink: Sink
    }

    /// By name; where one stands there several times the last one counts.
    package var fields: [String: String] = [:]
    /// By the name of their field; other files than the wanted one are not kept.
    package var files: [String: File] = [:]

    /// A form without fields.
    package init() {}

    /// The required file of a field.
    ///
    /// - Throws: ``Refusal`` (422) if the field isn't there or is plain text.
    package func requiredFile(_ name: String) throws -> File {
        if let file = files[name] { return file }
        guard let text = fields[name] else {
            throw Refusal(fields: [.missing([.string(name)], input: .null)])
        }
        throw Refusal(fields: [
            FieldError(
                type: "value_error", loc: [.string(name)],
                msg: "Value error, Expected UploadFile, received: <class 'str'>", input: .string(text),
                context: ["error": [:]])
        ])
    }

    /// A required text field.
    package func requiredField(_ name: String) throws -> String {
        guard let text = fields[name] else {
            throw Refusal(fields: [.missing([.string(name)], input: .null)])
        }
        return text
    }

    /// Throws the files away.
    package func cancel() {
        for file in files.values { file.sink.cancel() }
    }
}
