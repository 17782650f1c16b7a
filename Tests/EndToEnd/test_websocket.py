"""RFC 6455 from outside: the cases of the well-known conformance suites (1 to 7, 9, 10), against websocket-echo.

Their numbers stand beside each group. What a suite calls "fail fast" is asked for where a fragment ends.
"""

import random
import socket
import unittest

from raw_websocket import (
    BINARY, CLOSE, CONTINUATION, PING, PONG, TEXT, RawWebSocket, close_payload, fragments, frame)
from server_process import Echo

LIMIT = 16 << 20
CHOPS = (None, 997, 1)
VALID_TEXTS = [
    "", "a", "Hello-µ@ßöäüàá-UTF-8!!", "κόσμε", "\u0000", "\u007f", "\u0080", "\u07ff", "\u0800", "\uffff",
    "\ufffd", "\ufffe", "\ud7ff", "\ue000", "\U00010000", "\U0010ffff", "\U0001f600", "\ufdd0", "\U0001fffe",
]
INVALID_TEXTS = [bytes.fromhex(text) for text in (
    # Single bytes that can't be, continuations without a beginning, beginnings without a continuation.
    "80 bf 8080 80bf80 808182838485868788898a8b8c8d8e8f fe ff fefeffff c020 c120df20 e020 f020 f820 fc20 c0 e080 "
    "f08080 f8808080 fc80808080 df efbf f7bfbf fbbfbfbf fdbfbfbfbf c3 e282 f09f98 "
    # Longer than needed, above U+10FFFF, surrogates.
    "c0af e080af f08080af f8808080af fc80808080af c1bf e09fbf f08fbfbf f887bfbfbf fc83bfbfbfbf c080 e08080 f0808080 "
    "f8808080 fc8080808080 f4908080 f8888080 80 fc8480808080 f7bfbfbf fbbfbfbfbf fdbfbfbfbfbf "
    "eda080 edadbf edae80 edafbf edb080 edbe80 edbfbf eda080edb080 edafbfedbfbf "
    "cebae1bdb9cf83cebcceb5eda080656469746564 cebae1bdb9cf83cebcceb5f4908080656469746564 cebae1bdb9cf83cebcceb580"
).split()]


class Conformance(unittest.TestCase):
    cases = 0

    @classmethod
    def setUpClass(cls):
        cls.echo = Echo().__enter__()

    @classmethod
    def tearDownClass(cls):
        cls.echo.__exit__()
        print(f"{cls.__name__}: {cls.cases} cases")

    def open(self, **options):
        type(self).cases += 1
        return RawWebSocket(self.echo.port, **options)

    def assert_echo(self, opcode, payload, data=None, chop=None):
        """The message comes back, and the connection is closed well."""
        payload = payload.encode() if isinstance(payload, str) else payload
        with self.open() as client:
            client.send(frame(opcode, payload) if data is None else data, chop)
            echo = client.message()
            self.assertEqual(echo[0], opcode)
            self.assertTrue(echo[1] == payload, f"{len(echo[1])} of {len(payload)} bytes")
            client.send(frame(CLOSE, close_payload(1000)))
            self.assertEqual(client.ending(), ([], 1000, b""))

    def assert_failed(self, data, code, before=(), chop=None):
        """The server answers no more than `before`, closes with the code, and ends the connection."""
        with self.open() as client:
            client.try_send(data, chop)
            messages, got, _ = client.ending()
            self.assertEqual(messages, list(before))
            self.assertIn(got, code if isinstance(code, tuple) else (code,))


class Framing(Conformance):
    def test_texts_and_binaries_of_every_length_form_come_back(self):
        # 1.1, 1.2.
        for size in (0, 1, 125, 126, 127, 128, 65_535, 65_536, 65_537):
            for opcode in (TEXT, BINARY):
                for chop in CHOPS:
                    if chop == 1 and size > 1_000:
                        continue
                    with self.subTest(size=size, opcode=opcode, chop=chop):
                        payload = b"*" * size if opcode == TEXT else b"\xfe" * size
                        self.assert_echo(opcode, payload, chop=chop)

    def test_longer_length_forms_than_needed_are_read_too(self):
        # A peer must not send them; to read them harms nobody.
        self.assert_echo(TEXT, "x", frame(TEXT, "x", size_field=16))
        self.assert_echo(TEXT, "x", frame(TEXT, "x", size_field=64))

    def test_reserved_bits_fail_the_connection(self):
        # 3.1 to 3.7.
        for bits in range(1, 8):
            for opcode in (TEXT, BINARY, PING, CLOSE):
                for chop in CHOPS:
                    with self.subTest(bits=bits, opcode=opcode, chop=chop):
                        self.assert_failed(frame(opcode, reserved=bits), 1002, chop=chop)
        with self.subTest("what came before is answered"):
            data = frame(TEXT, "a") + frame(TEXT, "b", reserved=2) + frame(PING)
            self.assert_failed(data, 1002, before=[(TEXT, b"a")])

    def test_reserved_opcodes_fail_the_connection(self):
        # 4.1, 4.2.
        for opcode in (3, 4, 5, 6, 7, 11, 12, 13, 14, 15):
            for payload in (b"", b"reserved"):
                with self.subTest(opcode=opcode, payload=payload):
                    self.assert_failed(frame(opcode, payload), 1002)
            data = frame(TEXT, "a") + frame(opcode) + frame(PING)
            self.assert_failed(data, 1002, before=[(TEXT, b"a")])

    def test_frames_without_mask_fail_the_connection(self):
        for opcode in (TEXT, BINARY, PING, CLOSE):
            with self.subTest(opcode=opcode):
                self.assert_failed(frame(opcode, b"", masked=False), 1002)

    def test_a_length_with_its_highest_bit_is_refused(self):
        self.assert_failed(frame(BINARY, length=1 << 63, size_field=64), (1002, 1009))

    def test_every_path_is_an_echo(self):
        for path in ("/", "/a/b?c=d", "/getCaseCount"):
            with self.open(path=path) as client:
                client.send(frame(TEXT, "x"))
                self.assertEqual(client.message(), (TEXT, b"x"))


class Control(Conformance):
    def test_pings_are_answered_with_their_payload(self):
        # 2.1 to 2.6.
        for payload in (b"", b"Hello, world!", b"\x00\xff\xfe\xfd\xfc\xfb\x00\xff", b"\xfe" * 125):
            for chop in CHOPS:
                with self.subTest(payload=payload, chop=chop), self.open() as client:
                    client.send(frame(PING, payload), chop)
                    self.assertEqual(client.message(), (PONG, payload))

    def test_ten_pings_get_ten_pongs(self):
        # 2.10, 2.11.
        for chop in CHOPS:
            with self.subTest(chop=chop), self.open() as client:
                client.send(b"".join(frame(PING, f"payload-{number}") for number in range(10)), chop)
                for number in range(10):
                    self.assertEqual(client.message(), (PONG, f"payload-{number}".encode()))

    def test_unasked_pongs_mean_nothing(self):
        # 2.7 to 2.9.
        for payload in (b"", b"unsolicited", (1).to_bytes(8, "big")):
            with self.subTest(payload=payload), self.open() as client:
                client.send(frame(PONG, payload) + frame(PING, b"now"))
                self.assertEqual(client.message(), (PONG, b"now"))

    def test_control_frames_are_short_and_whole(self):
        # 2.5, 5.1, 5.2.
        for opcode in (PING, PONG, CLOSE):
            with self.subTest(opcode=opcode):
                self.assert_failed(frame(opcode, b"\x03\xe8" + b"a" * 124), 1002)
                self.assert_failed(frame(opcode, b"", final=False) + frame(CONTINUATION, b""), 1002)

    def test_control_frames_come_between_fragments(self):
        # 5.3 to 5.8, 5.19, 5.20.
        for chop in CHOPS:
            with self.subTest(chop=chop), self.open() as client:
                data = frame(TEXT, "frag", final=False) + frame(PING, b"1") + frame(CONTINUATION, "me", final=False)
                client.send(data + frame(PONG, b"?") + frame(PING, b"2") + frame(CONTINUATION, "nt"), chop)
                self.assertEqual(client.message(), (PONG, b"1"))
                self.assertEqual(client.message(), (PONG, b"2"))
                self.assertEqual(client.message(), (TEXT, b"fragment"))


class Fragmentation(Conformance):
    def test_fragments_of_any_size_make_up_their_message(self):
        # 5.3 to 5.8.
        payload = "Hello-µ@ßöäüàá-UTF-8!!"
        for size in (1, 2, 3, 7, 100):
            for opcode in (TEXT, BINARY):
                for chop in CHOPS:
                    with self.subTest(size=size, opcode=opcode, chop=chop):
                        self.assert_echo(opcode, payload, fragments(opcode, payload.encode(), size), chop)

    def test_empty_fragments_are_fragments(self):
        # 6.1.
        for middle in (b"", b"middle frame payload"):
            data = frame(TEXT, b"", final=False) + frame(CONTINUATION, middle, final=False) + frame(CONTINUATION)
            self.assert_echo(TEXT, middle, data)

    def test_a_continuation_needs_a_beginning(self):
        # 5.9 to 5.14.
        for final in (True, False):
            for chop in CHOPS:
                with self.subTest(final=final, chop=chop):
                    data = frame(CONTINUATION, "non-continuation payload", final=final) + frame(TEXT, "Hello")
                    self.assert_failed(data, 1002, chop=chop)
        data = fragments(TEXT, "ab", 1) + frame(CONTINUATION, "c", final=False) + frame(TEXT, "Hello")
        self.assert_failed(data, 1002, before=[(TEXT, b"ab")])

    def test_no_message_begins_inside_another(self):
        # 5.15 to 5.18.
        for first, second in ((TEXT, TEXT), (TEXT, BINARY), (BINARY, TEXT)):
            for final in (True, False):
                with self.subTest(first=first, second=second, final=final):
                    data = frame(first, "fragment1", final=False) + frame(second, "fragment2", final=final)
                    self.assert_failed(data, 1002)


class UTF8(Conformance):
    def test_valid_text_comes_back(self):
        # 6.2, 6.5 to 6.23.
        for text in VALID_TEXTS:
            with self.subTest(text=ascii(text)):
                self.assert_echo(TEXT, text)
                self.assert_echo(TEXT, text, fragments(TEXT, text, 1))
                self.assert_echo(TEXT, "a" + text + "ü", chop=1)

    def test_invalid_text_is_refused_however_it_is_cut(self):
        # 6.3, 6.6 to 6.22.
        for text in INVALID_TEXTS:
            with self.subTest(text=text.hex()):
                self.assert_failed(frame(TEXT, text), 1007)
                self.assert_failed(fragments(TEXT, text, 1), 1007)
                self.assert_failed(frame(TEXT, text), 1007, chop=1)

    def test_invalid_text_fails_at_the_fragment_that_breaks_it(self):
        # 6.4.
        for bad in (b"\xf4\x90\x80\x80", b"\xed\xa0\x80", b"\xff"):
            with self.subTest(bad=bad.hex()):
                self.assert_failed(frame(TEXT, "κόσμε", final=False) + frame(CONTINUATION, bad, final=False), 1007)

    def test_binaries_need_not_be_utf8(self):
        for text in INVALID_TEXTS:
            self.assert_echo(BINARY, text)


class Closing(Conformance):
    def test_codes_that_may_be_sent_are_answered(self):
        # 7.1.1, 7.7.
        codes = [1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000, 3999, 4000, 4999]
        for code in codes:
            for reason in ("", "gone", "ä" * 61):
                with self.subTest(code=code, reason=reason), self.open() as client:
                    client.send(frame(CLOSE, close_payload(code, reason)))
                    self.assertEqual(client.ending()[:2], ([], code))
        with self.subTest("none"), self.open() as client:
            client.send(frame(CLOSE))
            self.assertEqual(client.ending(), ([], 1005, b""))

    def test_codes_that_may_not_be_sent_fail_the_connection(self):
        # 7.9, 7.13.
        for code in (0, 1, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65_535):
            with self.subTest(code=code):
                self.assert_failed(frame(CLOSE, close_payload(code)), 1002)
                self.assert_failed(frame(CLOSE, close_payload(code, "reason")), 1002)

    def test_payloads_that_are_no_close_payload_fail_the_connection(self):
        # 7.3.2, 7.3.6, 7.5.1.
        self.assert_failed(frame(CLOSE, b"a"), 1002)
        self.assert_failed(frame(CLOSE, close_payload(1000, "*" * 124)), 1002)
        for reason in INVALID_TEXTS:
            with self.subTest(reason=reason.hex()):
                self.assert_failed(frame(CLOSE, close_payload(1000, reason)), (1002, 1007))

    def test_what_comes_after_a_close_frame_means_nothing(self):
        # 7.1.2 to 7.1.6.
        for after in (frame(CLOSE), frame(PING, b"?"), frame(TEXT, "?"), frame(CONTINUATION, "?"), frame(3), b"\xff" * 99):
            for pause in (False, True):
                with self.subTest(after=after[:1].hex(), pause=pause), self.open() as client:
                    close = frame(CLOSE, close_payload(1000))
                    client.send(close if pause else close + after)
                    if pause:
                        client.try_send(after)
                    self.assertEqual(client.ending(), ([], 1000, b""))
        with self.subTest("inside a message"), self.open() as client:
            data = frame(TEXT, "fragment1", final=False) + frame(CLOSE, close_payload(1000))
            client.send(data + frame(CONTINUATION, "fragment2"))
            self.assertEqual(client.ending(), ([], 1000, b""))
        with self.subTest("behind a large message"), self.open() as client:
            text = "BAsd7&jh23" * 26_000
            client.send(frame(TEXT, text) + frame(CLOSE, close_payload(1000)) + frame(PING))
            self.assertEqual(client.ending(), ([(TEXT, text.encode())], 1000, b""))

    def test_the_close_frame_is_seen_although_more_was_sent_than_anybody_reads(self):
        # Else the kernel would reset the connection, and the code could be lost.
        with self.open() as client:
            client.try_send(frame(TEXT, "x", reserved=1) + frame(BINARY, b"y" * 4_000_000) * 2)
            self.assertEqual(client.ending()[:2], ([], 1002))

    def test_a_client_that_goes_without_a_word_is_let_go(self):
        for mode in (socket.SHUT_WR, socket.SHUT_RDWR):
            with self.open() as client:
                client.send(frame(TEXT, "x"))
                client.message()
                client.socket.shutdown(mode)
                self.assertEqual(client.socket.recv(1), b"")

    def test_a_stop_closes_with_1012(self):
        with Echo() as echo, RawWebSocket(echo.port) as client:
            client.send(frame(TEXT, "x"))
            client.message()
            echo.process.terminate()
            self.assertEqual(client.ending()[1], 1012)


class Limits(Conformance):
    def test_messages_up_to_the_limit_come_back_whole_and_in_fragments(self):
        # 9.1 to 9.4.
        for size in (64 << 10, 1 << 20, 4 << 20, LIMIT):
            for opcode in (TEXT, BINARY):
                with self.subTest(size=size, opcode=opcode):
                    self.assert_echo(opcode, b"*" * size)
        payload = b"*" * (4 << 20)
        for piece in (64, 256, 1 << 10, 4 << 10, 16 << 10, 64 << 10, 1 << 20):
            for opcode in (TEXT, BINARY):
                with self.subTest(piece=piece, opcode=opcode):
                    self.assert_echo(opcode, payload, fragments(opcode, payload, piece))

    def test_the_largest_message_in_fragments_comes_back(self):
        payload = random.Random(1).randbytes(LIMIT)
        self.assert_echo(BINARY, payload, fragments(BINARY, payload, 1_000))

    def test_messages_in_chopped_writes_come_back(self):
        # 9.5, 9.6.
        for chop in (64, 128, 256, 512, 1_024, 2_048):
            for opcode in (TEXT, BINARY):
                with self.subTest(chop=chop, opcode=opcode):
                    self.assert_echo(opcode, b"*" * (1 << 20), chop=chop)

    def test_many_small_messages_come_back_in_order(self):
        # 9.7, 9.8.
        for size in (0, 16, 64, 256, 1_024, 4_096):
            for opcode in (TEXT, BINARY):
                with self.subTest(size=size, opcode=opcode), self.open() as client:
                    count = 1_000
                    for start in range(0, count, 100):
                        client.send(b"".join(
                            frame(opcode, b"%04d" % number + b"*" * size) for number in range(start, start + 100)))
                        for number in range(start, start + 100):
                            self.assertEqual(client.message(), (opcode, b"%04d" % number + b"*" * size))

    def test_automatic_fragments_come_back(self):
        # 10.1.
        self.assert_echo(TEXT, "*" * 65_536, fragments(TEXT, "*" * 65_536, 1_300))

    def test_a_byte_over_the_limit_is_1009(self):
        self.assert_failed(frame(BINARY, length=LIMIT + 1), 1009)
        self.assert_failed(frame(BINARY, b"*" * (LIMIT + 1)), 1009)
        self.assert_failed(fragments(BINARY, b"*" * (LIMIT + 1), 1 << 20), 1009)
        self.assert_failed(frame(BINARY, length=(1 << 63) - 1, size_field=64), 1009)

    def test_a_client_that_reads_no_echoes_is_not_listened_to(self):
        with self.open(receive_buffer=4_096) as client:
            client.socket.settimeout(2)
            sent = 0
            with self.assertRaises(TimeoutError):
                while sent < 64:
                    client.send(frame(BINARY, b"*" * (1 << 20)))
                    sent += 1
            self.assertLess(sent, 64)


class Extensions(Conformance):
    def test_an_offer_of_compression_is_declined_by_leaving_it_out(self):
        # 12, 13: not spoken here, so a client that offers it goes on without.
        offers = (
            "permessage-deflate", "permessage-deflate; client_max_window_bits",
            "permessage-deflate; server_no_context_takeover; client_max_window_bits=10, x-webkit-deflate-frame")
        for offer in offers:
            with self.subTest(offer=offer), self.open(headers=[f"Sec-WebSocket-Extensions: {offer}"]) as client:
                self.assertEqual(client.status, 101)
                self.assertIsNone(client.header("Sec-WebSocket-Extensions"))
                client.send(frame(TEXT, "plain"))
                self.assertEqual(client.message(), (TEXT, b"plain"))
                client.send(frame(TEXT, b"\xca\x48\x04\x00", reserved=4))
                self.assertEqual(client.ending()[:2], ([], 1002))


class RandomStreams(Conformance):
    def test_any_legal_stream_cut_anywhere_is_answered_in_order(self):
        # Random messages, fragments, pings and writes; the seed is printed where one fails.
        for seed in range(40):
            with self.subTest(seed=seed), self.open() as client:
                chooser = random.Random(seed)
                data, expected = random_stream(chooser)
                while data:
                    size = chooser.choice((1, 2, 3, 10, 100, 5_000))
                    client.send(data[:size])
                    data = data[size:]
                pongs = [entry for entry in expected if entry[0] == PONG]
                messages = [entry for entry in expected if entry[0] != PONG]
                got = [client.message() for _ in expected]
                self.assertEqual([entry for entry in got if entry[0] == PONG], pongs)
                self.assertEqual([entry for entry in got if entry[0] != PONG], messages)

    def test_noise_never_breaks_the_server(self):
        for seed in range(60):
            with self.subTest(seed=seed):
                chooser = random.Random(seed)
                with self.open() as client:
                    client.socket.settimeout(20)
                    client.try_send(chooser.randbytes(chooser.randrange(2_000)))
                    try:
                        client.socket.shutdown(socket.SHUT_WR)
                    except OSError:
                        pass
                    client.ending()
        self.assert_echo(TEXT, "still there")


def random_stream(chooser):
    data, expected = b"", []
    for number in range(chooser.randrange(1, 12)):
        if chooser.random() < 0.5:
            opcode, payload = TEXT, "".join(chooser.choice("aµ€😀") for _ in range(chooser.randrange(300))).encode()
        else:
            opcode, payload = BINARY, chooser.randbytes(chooser.randrange(70_000))
        pieces = chooser.choice((1, 1, 2, 5))
        cuts = sorted(chooser.randrange(len(payload) + 1) for _ in range(pieces - 1))
        starts = [0, *cuts]
        for index, (start, end) in enumerate(zip(starts, [*cuts, len(payload)])):
            kind = opcode if index == 0 else CONTINUATION
            data += frame(kind, payload[start:end], final=index == pieces - 1)
            if index < pieces - 1 and chooser.random() < 0.5:
                data += frame(PING, b"%d" % number)
                expected.append((PONG, b"%d" % number))
        expected.append((opcode, payload))
    return data, expected


if __name__ == "__main__":
    unittest.main()
