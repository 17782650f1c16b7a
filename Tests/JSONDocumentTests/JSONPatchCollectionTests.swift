import Foundation
import JSONDocument
import Testing

/// The public json-patch-tests collection, where it lies beside the project.
@Suite struct JSONPatchCollectionTests {
    private static let isThere: Comment = "shared/data/json-patch-tests/tests.json is not beside the project"

    @Test(.enabled(if: PatchCollection.file != nil, isThere), arguments: PatchCollection.enabledRecords)
    func `a record comes out as the collection says`(_ record: PatchCollection.Record) throws {
        let value = try #require(record.value)
        let document = try #require(value["doc"])
        let patch = try #require(value["patch"]).serialized()
        if value["error"] != nil {
            expectRefusal(document, patch)
        } else {
            try expectSuccess(document, patch, value["expected"])
        }
    }

    private func expectRefusal(_ document: JSONValue, _ patch: [UInt8]) {
        var changed = document
        #expect(throws: JSONPatchError.self) { try changed.apply(JSONPatch(parsing: patch)) }
        #expect(throws: JSONPatchError.self) { try changed.apply(encodedPatch: patch.span) }
        #expect(changed.text == document.text)
    }

    private func expectSuccess(_ document: JSONValue, _ patch: [UInt8], _ expected: JSONValue?) throws {
        var changed = document
        try changed.apply(JSONPatch(parsing: patch))
        var again = document
        try again.apply(encodedPatch: patch.span)
        #expect(again.text == changed.text)
        if let expected { #expect(changed == expected) }
    }

    @Test(.enabled(if: PatchCollection.file != nil, isThere))
    func `the one record with a repeated member is refused, all others are read`() {
        #expect(PatchCollection.enabledRecords.count > 90)
        let refused = PatchCollection.records.filter { $0.value == nil }
        #expect(refused.count == 1)
        #expect(refused.first?.error?.kind == .duplicateKey)
        #expect(refused.first?.text.contains("duplicate ops") == true)
    }
}

/// The collection's file and its records, each read by itself: the file as a whole repeats a member in one place.
enum PatchCollection {
    struct Record: CustomTestStringConvertible, Sendable {
        var text: String
        var value: JSONValue?
        var error: JSONSyntaxError?

        init(_ text: [UInt8]) {
            self.text = String(decoding: text, as: UTF8.self)
            do throws(JSONSyntaxError) {
                value = try JSONValue.parse(text)
            } catch {
                self.error = error
            }
        }

        var testDescription: String {
            value?["comment"]?.stringValue ?? String(text.prefix(80).replacing("\n", with: " "))
        }
    }

    /// The nearest folder above this file that has `shared` beside it says where; nil where there is none.
    static let file: URL? = {
        var folder = URL(filePath: #filePath).deletingLastPathComponent()
        while folder.pathComponents.count > 1 {
            let file = folder.appending(path: "shared/data/json-patch-tests/tests.json")
            if FileManager.default.fileExists(atPath: file.path()) { return file }
            folder.deleteLastPathComponent()
        }
        return nil
    }()

    static let records: [Record] = {
        guard let file, let bytes = try? Data(contentsOf: file) else { return [] }
        return split([UInt8](bytes)).map { Record($0) }
    }()

    /// Those that can be read and that the collection's authors agree on.
    static let enabledRecords = records.filter { $0.value.map { $0["disabled"]?.boolValue != true } ?? false }

    /// The objects directly inside the outermost array.
    private static func split(_ text: [UInt8]) -> [[UInt8]] {
        var records: [[UInt8]] = []
        var depth = 0
        var start = 0
        var isInString = false
        var isEscaped = false
        for (at, byte) in text.enumerated() {
            if isInString {
                if !isEscaped, byte == UInt8(ascii: "\"") { isInString = false }
                isEscaped = !isEscaped && byte == UInt8(ascii: "\\")
                continue
            }
            switch byte {
            case UInt8(ascii: "\""): isInString = true
            case UInt8(ascii: "{"):
                if depth == 0 { start = at }
                depth += 1
            case UInt8(ascii: "}"):
                depth -= 1
                if depth == 0 { records.append(Array(text[start...at])) }
            default: break
            }
        }
        return records
    }
}
