/// The colours and letters of a timeline's picture, for light and dark screens.
enum TimelineStyle {
    /// Eight colours that differ in lightness too, for those who see few; the last is for `other`.
    private static let light = [
        "#2b6cd4", "#e58a00", "#14966a", "#c43d7a", "#7a5ad0", "#2aa5c4", "#9a6230", "#8791a1",
    ]
    private static let dark = [
        "#6fa4ff", "#ffb655", "#4fd39b", "#ff80b5", "#b59fff", "#5bd5ee", "#d8a470", "#98a3b3",
    ]

    static var css: String {
        """
        text { font: 12px system-ui, "Segoe UI", "Helvetica Neue", Arial, sans-serif; }
        .end { text-anchor: end; }
        .strong { font-weight: 600; }
        text.title { font-size: 17px; font-weight: 600; }
        .grid, .axis { stroke-width: 1; shape-rendering: crispEdges; }
        \(colours(paper: "#ffffff", band: "#f1f4f8", ink: "#1b2430", label: "#56606e", grid: "#dde3ea", kinds: light))
        @media (prefers-color-scheme: dark) {
        \(colours(paper: "#12161c", band: "#1b212a", ink: "#e9edf3", label: "#a3adbb", grid: "#2c3541", kinds: dark))
        }
        """
    }

    private static func colours(
        paper: String, band: String, ink: String, label: String, grid: String, kinds: [String]
    ) -> String {
        let rules = [
            ".paper { fill: \(paper); }", ".band { fill: \(band); }", ".label { fill: \(label); }",
            ".title, .strong { fill: \(ink); }", ".grid { stroke: \(grid); }", ".axis { stroke: \(label); }",
        ]
        return (rules + kinds.enumerated().map { ".k\($0.offset) { fill: \($0.element); }" }).joined(separator: "\n")
    }
}
