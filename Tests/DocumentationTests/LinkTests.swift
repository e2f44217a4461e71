import Foundation
import Testing

@Suite("Documents: what they point at is there", .timeLimit(.minutes(10)))
struct LinkTests {
    private static let readme = Document(path: "README.md")
    /// What a newcomer reads in one go.
    private static let readmeLinesMax = 150

    @Test("README stays short")
    func length() throws {
        #expect(try Self.readme.text.count { $0 == "\n" } <= Self.readmeLinesMax)
    }

    @Test("every path of README's map exists")
    func map() throws {
        let rows = try Self.readme.rows(under: "| Path | What it holds |", upTo: "<!-- /map -->")
        #expect(!rows.isEmpty)
        for path in rows.flatMap({ $0[0] }) {
            #expect(Document.exists(path), "\(path)")
        }
    }

    @Test("README's map names every folder of Sources")
    func sources() throws {
        let rows = try Self.readme.rows(under: "| Path | What it holds |", upTo: "<!-- /map -->")
        let named = Set(rows.flatMap { $0[0] })
        let sources = Document.root.appending(path: "Sources").path
        for folder in try FileManager.default.contentsOfDirectory(atPath: sources) {
            #expect(named.contains("Sources/\(folder)"), "\(folder)")
        }
    }

    @Test("every relative link leads to a file, and to a heading in it", arguments: Document.all)
    func links(_ document: Document) throws {
        let folder = URL(filePath: "/" + document.path).deletingLastPathComponent()
        for link in try document.relativeLinks {
            let parts = link.split(
                separator: "#",
                maxSplits: 1,
                omittingEmptySubsequences: false
            )
            let file =
                parts[0].isEmpty
                ? document.path
                : String(folder.appending(path: parts[0]).standardized.path.dropFirst())
            #expect(Document.exists(file), "\(document.path) links to \(link)")
            guard parts.count == 2, file.hasSuffix(".md"), Document.exists(file) else { continue }
            let anchors = try Document(path: file).anchors
            #expect(anchors.contains(String(parts[1])), "\(document.path) links to \(link)")
        }
    }
}
