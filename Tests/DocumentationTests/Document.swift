import Foundation
import Testing

/// A Markdown file of the repository.
struct Document: CustomTestStringConvertible {
    /// From the repository's root, as in `docs/job-states.md`.
    let path: String

    var testDescription: String { path }

    /// The repository's root.
    static let root = URL(filePath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()

    /// Every document that people read.
    static let all: [Document] = {
        let docs = FileManager.default.enumerator(atPath: root.appending(path: "docs").path)
        let pages = (docs?.compactMap { $0 as? String } ?? []).filter { $0.hasSuffix(".md") }
        return (["README.md", "CONTRIBUTING.md", "CHANGELOG.md"] + pages.map { "docs/\($0)" })
            .sorted().map(Document.init)
    }()

    /// Whether a path from the root names a file or a folder.
    static func exists(_ path: String) -> Bool {
        FileManager.default.fileExists(atPath: root.appending(path: path).path)
    }

    /// The whole text.
    var text: String {
        get throws {
            try String(contentsOf: Self.root.appending(path: path), encoding: .utf8)
        }
    }

    /// The lines outside fenced code.
    var prose: [Substring] {
        get throws {
            var isCode = false
            return try text.split(separator: "\n", omittingEmptySubsequences: false).filter {
                guard $0.hasPrefix("```") else { return !isCode }
                isCode.toggle()
                return false
            }
        }
    }

    /// The names by which links reach the headings, as GitHub makes them.
    var anchors: Set<String> {
        get throws {
            let headings = try prose.filter { $0.hasPrefix("#") }
            return Set(
                headings.map { heading in
                    let words = heading.drop { $0 == "#" || $0 == " " }.lowercased()
                    return words.filter { $0.isLetter || $0.isNumber || " -_".contains($0) }
                        .replacing(" ", with: "-")
                }
            )
        }
    }

    /// The targets of links to other places of the repository.
    var relativeLinks: [String] {
        get throws {
            try prose.flatMap { line in
                line.matches(of: /\]\(([^)\s]+)\)/).map { String($0.1) }
            }.filter { !$0.contains("://") && !$0.hasPrefix("mailto:") }
        }
    }

    /// The rows of the table under a header, up to a mark; a cell is the words in its code spans.
    ///
    /// Throws where the header or the mark is missing.
    func rows(under header: String, upTo mark: String) throws -> [[[String]]] {
        let text = try text
        let start = try #require(text.range(of: "\n\(header)")).upperBound
        let end = try #require(text.range(of: "\n\(mark)", range: start..<text.endIndex))
        let lines = text[start..<end.lowerBound].split(separator: "\n").dropFirst()
        return lines.filter { $0.hasPrefix("| `") }.map { line in
            line.split(separator: "|").map { cell in
                cell.matches(of: /`([^`]+)`/).map { String($0.1) }
            }
        }
    }

    /// The arrows of the state diagram, those from the start and to the end left out.
    var arrows: [Arrow] {
        get throws {
            try text.matches(of: /(?m)^ +(\w+) --> (\w+)$/).map {
                Arrow(from: String($0.1), to: String($0.2))
            }
        }
    }
}

/// A transition as a document gives it.
struct Arrow: Hashable, CustomStringConvertible {
    var from: String
    var to: String

    var description: String { "\(from) to \(to)" }
}
