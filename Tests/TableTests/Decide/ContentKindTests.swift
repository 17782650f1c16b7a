import Testing

@testable import Table

@Suite struct ContentKindTests {
    private func kind(_ text: String) -> ContentKind { ContentKind(start: text.utf8) }
    private func padded(_ bytes: [UInt8]) -> [UInt8] { bytes + Array(repeating: 0, count: 64) }

    @Test(arguments: [
        ("png", [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]), ("jpeg", [0xFF, 0xD8, 0xFF, 0xE0]),
        ("gif", Array("GIF89a".utf8)), ("old gif", Array("GIF87a".utf8)), ("bmp", Array("BM".utf8)),
        ("webp", Array("RIFF\u{1}\u{2}\u{3}\u{4}WEBPVP8 ".utf8)),
        ("avif", [0, 0, 0, 0x1C] + Array("ftypavif".utf8)),
    ])
    func `images are known by their first bytes`(name: String, bytes: [UInt8]) {
        #expect(ContentKind(start: padded(bytes)) == .rasterImage, "\(name)")
    }

    @Test(arguments: [
        ("mp3 with a tag", Array("ID3\u{4}".utf8)), ("mp3", [0xFF, 0xFB, 0x90, 0x64]),
        ("mp2", [0xFF, 0xFD, 0x80, 0x00]),
        ("aac", [0xFF, 0xF1, 0x50, 0x80]), ("ogg", Array("OggS".utf8)), ("flac", Array("fLaC".utf8)),
        ("wav", Array("RIFF\u{1}\u{2}\u{3}\u{4}WAVEfmt ".utf8)), ("m4a", [0, 0, 0, 0x20] + Array("ftypM4A ".utf8)),
        ("webm", [0x1A, 0x45, 0xDF, 0xA3]),
    ])
    func `sounds are known by their first bytes`(name: String, bytes: [UInt8]) {
        #expect(ContentKind(start: padded(bytes)) == .sound, "\(name)")
    }

    @Test(arguments: [
        "<svg xmlns=\"http://www.w3.org/2000/svg\"/>", " \n<svg>", "\u{FEFF}<svg/>", "<?xml version=\"1.0\"?>\n<svg/>",
        "<!-- drawn by hand -->\r\n<!-- twice --><svg/>", "<svg:svg xmlns:svg=\"x\"/>",
        "<?xml version='1.0'?><!DOCTYPE svg PUBLIC \"-//W3C//DTD SVG 1.1//EN\" \"x.dtd\"><svg/>",
        "<!DOCTYPE svg [<!ENTITY a \"<b>\"> <!ENTITY c \"d\">]><svg/>",
        "<!DOCTYPE svg [" + String(repeating: "<!ENTITY a \"b\">", count: 1_000),
    ])
    func `an SVG is known by its root element, behind whatever prolog`(text: String) {
        #expect(kind(text) == .svg)
    }

    @Test(arguments: [
        "<!DOCTYPE html><title>x</title>", "<html>", "  <HTML><script>alert(1)</script>", "<script>alert(1)</script>",
        "<?xml version=\"1.0\"?><html xmlns=\"http://www.w3.org/1999/xhtml\"/>", "<!-- svg --><body onload=x>",
        "<a href=x>",
        "<?php system($_GET[0]); ?>", "<!-- never ends", "\u{FEFF}<iframe src=x>", "<svgfoo>", "</p>",
        "<!DOCTYPE svg><html/>",
    ])
    func `other markup is none of an image`(text: String) {
        #expect(kind(text) == .markup)
    }

    @Test func `markup is known in UTF-16 too`() {
        let wide = "<script>".utf16.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }
        #expect(ContentKind(start: [0xFF, 0xFE] + wide) == .markup)
    }

    @Test(arguments: [
        (ContentKind.archive, [0x50, 0x4B, 0x03, 0x04]), (.archive, [0x1F, 0x8B, 0x08]),
        (.document, Array("%PDF-1.7".utf8)),
        (.program, [0x7F, 0x45, 0x4C, 0x46]), (.program, Array("#!/bin/sh".utf8)),
        (.program, Array("MZ\u{90}\u{0}".utf8)),
        (.archive, Array(repeating: 0x61, count: 257) + Array("ustar".utf8)),
    ])
    func `archives, programs and documents are known`(kind: ContentKind, bytes: [UInt8]) {
        #expect(ContentKind(start: padded(bytes)) == kind)
    }

    @Test(arguments: [
        "", "x", "jpeg-like jpeg-like", "hello", "<", "<3 you", "< svg>", "MZ is a text", "{\"a\":1}", "RIFF", "PNG",
    ])
    func `what is nothing known stays unknown`(text: String) {
        #expect(kind(text) == .unknown)
    }

    @Test func `no beginning is looked at beyond its limit, and none is too short`() {
        let page = Array("<!-- \(String(repeating: "x", count: 5_000)) --><svg/>".utf8)
        #expect(ContentKind(start: page) == .svg, "nothing speaks against it")
        for signature in ["<!DOCTYPE svg [", "RIFF1234WEBP", "....ftypavif", "<?xml ?><svg", "\u{FF}\u{FE}<"] {
            let bytes = Array(signature.utf8)
            for count in 0...bytes.count { _ = ContentKind(start: bytes[..<count]) }
        }
    }
}

@Suite struct ContentCheckTests {
    private static let png: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]
    private static let mp3 = Array("ID3\u{4}".utf8)
    private static let svg = Array("<svg/>".utf8)
    private static let page = Array("<html><script>alert(1)</script>".utf8)

    private func isTaken(_ name: String, _ start: [UInt8]) -> Bool {
        do throws(CommandError) {
            try ContentCheck.check(name: name, start: start)
            return true
        } catch {
            #expect(error.code == .unsupported)
            #expect(error.message.contains(name))
            return false
        }
    }

    @Test func `what a name says and what nobody knows is taken`() {
        for (name, start) in [
            ("a.png", Self.png), ("a.GIF", Self.png), ("a.svg", Self.svg), ("a.svg", Self.png), ("a.mp3", Self.mp3),
            ("a.ogg", Self.mp3), ("a.webp", Array("x".utf8)), ("a.jpg", Array("jpeg-like ".utf8)), ("a.mp3", []),
            ("a.m4a", [1, 2, 3]), ("notes.txt", Self.page),
        ] {
            #expect(isTaken(name, start), "\(name) with \(start)")
        }
    }

    @Test func `what is recognised as something else is refused`() {
        for (name, start) in [
            ("a.png", Self.page), ("a.png", Self.svg), ("a.svg", Self.page), ("a.jpg", Self.mp3), ("a.mp3", Self.png),
            ("a.mp3", Self.page), ("a.wav", Self.svg), ("a.gif", Array("PK\u{3}\u{4}".utf8)),
            ("a.bmp", Array("%PDF-1.7".utf8)), ("a.webp", [0x7F, 0x45, 0x4C, 0x46]),
            ("a.flac", Array("#!/bin/sh".utf8)),
        ] {
            #expect(!isTaken(name, start), "\(name) with \(start)")
        }
    }
}
