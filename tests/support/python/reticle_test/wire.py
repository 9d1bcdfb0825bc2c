"""Just enough of the probe's protocol (report/wire/report.proto) to speak it badly."""

import struct

VARINT, FIXED64, BYTES = 0, 1, 2

HELLO, FRAME, ACK, GOODBYE = 1, 3, 4, 5


def varint(value):
    value &= (1 << 64) - 1
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def number(field, value):
    return varint(field << 3 | VARINT) + varint(value)


def fixed64(field, value):
    return varint(field << 3 | FIXED64) + struct.pack("<q", value)


def chunk(field, value):
    """A length-delimited field: bytes, text or a message."""
    data = value.encode() if isinstance(value, str) else value
    return varint(field << 3 | BYTES) + varint(len(data)) + data


def envelope(kind, message):
    return chunk(kind, message)


def hello(host_id, protocol=(1, 1), epoch=1, token="", boot_id="boot", instance_id="instance"):
    """A Hello like a probe's."""
    return envelope(HELLO, number(1, protocol[0]) + number(2, protocol[1]) + chunk(3, "0.0.0")
                    + chunk(4, host_id) + chunk(5, "hostile") + chunk(6, boot_id)
                    + chunk(7, instance_id) + chunk(9, token) + number(10, epoch))


def data_frame(epoch, sequence, packs, full=True):
    """A Frame of packs, each (declared size after decompression, bytes)."""
    message = number(1, epoch) + number(2, sequence) + number(3, int(full)) + number(4, 1)
    for raw_bytes, data in packs:
        message += chunk(7, number(1, raw_bytes) + chunk(2, data))
    return envelope(FRAME, message)
