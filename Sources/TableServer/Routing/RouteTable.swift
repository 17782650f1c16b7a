/// What a route's path looks like.
///
/// `/scenes/{id}/image/{image}` has two parameters of one component each, which are never empty and never hold a
/// slash; `/maps/file/{path...}` takes the rest, which may be empty and may hold slashes.
package struct RoutePattern: Sendable, Equatable {
    /// One component of the pattern.
    package enum Part: Sendable, Equatable {
        case literal(String)
        case one
        case rest
    }

    /// The pattern's components after the leading slash.
    package let parts: [Part]

    /// Reads a pattern as written above.
    package init(_ text: String) {
        self.parts = text.dropFirst().split(separator: "/", omittingEmptySubsequences: false).map { part in
            guard part.hasPrefix("{") else { return .literal(String(part)) }
            return part.hasSuffix("...}") ? .rest : .one
        }
    }

    /// The values of the parameters if the path fits, in the pattern's order.
    package func match(_ components: [String]) -> [String]? {
        var captured: [String] = []
        for (index, part) in parts.enumerated() {
            switch part {
            case .rest:
                guard components.count > index else { return nil }
                captured.append(components[index...].joined(separator: "/"))
                return captured
            case .one:
                guard index < components.count, !components[index].isEmpty else { return nil }
                captured.append(components[index])
            case .literal(let literal):
                guard index < components.count, components[index] == literal else { return nil }
            }
        }
        return components.count == parts.count ? captured : nil
    }
}

/// The routes in the order of their registration, which decides between those that fit the same path.
///
/// An own table instead of the framework's trie, because the wire contract decodes the whole path before it is
/// routed and names in `Allow` only the first route that fits (CONTRACT.md section 1).
package struct RouteTable<Handler: Sendable>: Sendable {
    /// What became of a request's method and path.
    package enum Match: Sendable {
        case found(Handler, parameters: [String])
        /// The path is known, the method isn't; `allow` is the method of the first route that fits.
        case methodNotAllowed(allow: String)
        case notFound
    }

    private struct Route: Sendable {
        let method: String
        let path: String
        let pattern: RoutePattern
        let handler: Handler
    }

    /// By first component: every pattern begins with a literal one.
    private var routes: [String: [Route]] = [:]

    /// A table without routes.
    package init() {}

    /// Adds a route behind those that are there.
    package mutating func add(_ method: String, _ pattern: String, _ handler: Handler) {
        let route = Route(method: method, path: pattern, pattern: RoutePattern(pattern), handler: handler)
        guard case .literal(let first)? = route.pattern.parts.first else {
            preconditionFailure("the route \(pattern) doesn't begin with a literal component")
        }
        routes[first, default: []].append(route)
    }

    /// Every route's method and pattern, as they were added, in no order.
    package var all: [(method: String, pattern: String)] {
        routes.values.joined().map { (method: $0.method, pattern: $0.path) }
    }

    /// The same routes with other handlers.
    package func map<Other>(_ change: (_ method: String, _ pattern: String, Handler) -> Other) -> RouteTable<Other> {
        var table = RouteTable<Other>()
        for route in routes.values.joined() {
            table.add(route.method, route.path, change(route.method, route.path, route.handler))
        }
        return table
    }

    /// Finds the route of a request.
    package func match(method: String, path: RequestPath) -> Match {
        var allow: String?
        for route in routes[path.components.first ?? ""] ?? [] {
            guard let parameters = route.pattern.match(path.components) else { continue }
            if route.method == method { return .found(route.handler, parameters: parameters) }
            allow = allow ?? route.method
        }
        return allow.map { .methodNotAllowed(allow: $0) } ?? .notFound
    }
}
