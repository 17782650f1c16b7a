/// The client library as a resource, so that the server can hand out the very files that stand in this folder.
package enum ClientLibrary {
    /// The folder with its files, beside the program that was built.
    package static let bundleName = "SpellTable_ClientLibrary.resources"
}
