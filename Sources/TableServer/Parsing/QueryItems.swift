/// The parameters of a query string, in order; a name may stand there more than once.
package struct QueryItems: Sendable, Equatable {
    /// One `name=value`; a name without `=` has an empty value.
    package struct Item: Sendable, Equatable {
        /// The parameter's name, decoded.
        package let name: String
        /// Its value, decoded.
        package let value: String
    }

    /// All parameters, in order.
    package let items: [Item]

    /// Takes a query apart and decodes it (`+` is a space there).
    package init(_ query: String?) {
        self.items = (query ?? "").split(separator: "&").map { pair in
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            return Item(
                name: PercentCoding.decode(String(parts[0]), plusIsSpace: true),
                value: parts.count > 1 ? PercentCoding.decode(String(parts[1]), plusIsSpace: true) : "")
        }
    }

    /// The value of a parameter, the last one where it stands several times.
    package subscript(_ name: String) -> String? {
        items.last { $0.name == name }?.value
    }

    /// All values of a repeatable parameter, in order.
    package func all(_ name: String) -> [String] {
        items.filter { $0.name == name }.map(\.value)
    }
}
