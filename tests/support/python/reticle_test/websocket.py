"""A WebSocket client that can also misbehave: every byte of every frame is the test's to choose."""

import base64
import os
import socket
import struct

TEXT, BINARY, CLOSE, PING = 1, 2, 8, 9


class Closed(Exception):
    """The server ended the connection; `code` and `reason` are of its close frame, if it sent one."""

    def __init__(self, code=None, reason=""):
        super().__init__(f"closed: {code} {reason}")
        self.code, self.reason = code, reason


def frame(opcode, payload, final=True, masked=True, declared=None, reserved=0):
    """One frame; `declared` lies about the length of the payload."""
    length = len(payload) if declared is None else declared
    head = bytes([(0x80 if final else 0) | reserved << 4 | opcode])
    mask_bit = 0x80 if masked else 0
    if length < 126:
        head += bytes([mask_bit | length])
    elif length < 1 << 16:
        head += bytes([mask_bit | 126]) + struct.pack(">H", length)
    else:
        head += bytes([mask_bit | 127]) + struct.pack(">Q", length)
    if not masked:
        return head + payload
    mask = os.urandom(4)
    # One big number is a thousand times faster than byte by byte.
    pattern = (mask * (len(payload) // 4 + 1))[:len(payload)]
    mixed = int.from_bytes(payload, "big") ^ int.from_bytes(pattern, "big")
    return head + mask + mixed.to_bytes(len(payload), "big")


class WebSocket:
    """An open WebSocket; raises Closed when the server has had enough."""

    def __init__(self, host, port, path, seconds=10, receive_buffer=None):
        self._socket = socket.socket()
        if receive_buffer:
            self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        self._socket.settimeout(seconds)
        self._socket.connect((host, port))
        key = base64.b64encode(os.urandom(16)).decode()
        self._socket.sendall((f"GET {path} HTTP/1.1\r\nHost: {host}:{port}\r\nUpgrade: websocket\r\n"
                              f"Connection: Upgrade\r\nSec-WebSocket-Key: {key}\r\n"
                              "Sec-WebSocket-Version: 13\r\n\r\n").encode())
        self._buffer = b""
        head = self._read_until(b"\r\n\r\n").decode()
        self.status = int(head.split()[1])
        if self.status != 101:
            self._socket.close()
            raise Closed(self.status, head)

    def send_bytes(self, data):
        """Writes exactly these bytes to the connection."""
        try:
            self._socket.sendall(data)
        except (ConnectionError, BrokenPipeError) as error:
            raise Closed() from error

    def send(self, opcode, payload, **how):
        """Sends one frame; see `frame`."""
        self.send_bytes(frame(opcode, payload, **how))

    def receive(self):
        """(opcode, payload) of the next frame."""
        first, second = self._read(2)
        length = second & 0x7F
        if length == 126:
            length = struct.unpack(">H", self._read(2))[0]
        elif length == 127:
            length = struct.unpack(">Q", self._read(8))[0]
        payload = self._read(length)
        if first & 0x0F == CLOSE:
            code = struct.unpack(">H", payload[:2])[0] if len(payload) >= 2 else None
            raise Closed(code, payload[2:].decode(errors="replace"))
        return first & 0x0F, payload

    def receive_until_closed(self, limit=1000):
        """The Closed that ends the connection; what came before is dropped."""
        try:
            for _ in range(limit):
                self.receive()
        except Closed as closed:
            return closed
        except ConnectionError:
            return Closed()
        raise AssertionError("the server goes on talking")

    def close(self):
        self._socket.close()

    def _read(self, size):
        while len(self._buffer) < size:
            data = self._socket.recv(65536)
            if not data:
                raise Closed()
            self._buffer += data
        taken, self._buffer = self._buffer[:size], self._buffer[size:]
        return taken

    def _read_until(self, mark):
        while mark not in self._buffer:
            data = self._socket.recv(65536)
            if not data:
                raise Closed()
            self._buffer += data
        head, _, self._buffer = self._buffer.partition(mark)
        return head
