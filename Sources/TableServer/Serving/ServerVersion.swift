/// Which SpellTable this is.
package enum ServerVersion {
    /// The version of everything that is released together (semantic versioning); `Tools/client/package.json` says the same.
    package static let text = "1.0.0"
}
