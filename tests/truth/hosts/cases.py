"""The known topology: who serves, who talks to whom, each case on service ports of its own.

A place is a host (`a`, `b`, `c`), the container of a host (`a.box`), or `outside`: this process's
own network, which no probe watches. In arguments `{a4}` and `{a6}` stand for the addresses of host
a, `{gateway}` and `{box}` for the private bridge and the container behind it, which are the same on
every host that has them.
"""

from dataclasses import dataclass, field

LONG = "long"
SHORT = "short"
#: Shorter than the pause between two looks, but enough of them that some are seen.
BRIEF = "brief"
#: No socket table shows whom an unconnected UDP socket talks to: measured, but not yet promised.
UNCONNECTED = "udp_unconnected"

GLOBAL = "global"  # the addresses mean the same on every host
HOST = "host"      # they mean something on one host only
NETNS = "netns"    # they mean something in one network namespace only

HOSTS = ("a", "b", "c")
BOXES = ("a.box", "b.box")
LOOPBACKS = HOSTS + BOXES


@dataclass(frozen=True)
class Role:
    """One run of the workload program; `processes` is how many of its processes get ready."""
    place: str
    name: str
    arguments: str
    processes: int = 1


@dataclass
class Case:
    name: str
    ports: tuple
    servers: list
    clients: list
    relays: list = field(default_factory=list)  # servers that need servers first
    kind: str = LONG
    realm: str = GLOBAL


def tcp(place, name, arguments, processes=1):
    return Role(place, name, f"tcp {arguments}", processes)


def udp(place, name, arguments, processes=1):
    return Role(place, name, f"udp {arguments}", processes)


def everywhere(places, make):
    return [make(place) for place in places]


def server_shapes():
    """How servers come: one process, workers of both kinds, and those that never read."""
    return [
        Case("single server", (7001,),
             [tcp("a", "single", "--listen 0.0.0.0:7001")],
             [tcp("b", "single-b", "--peer {a4}:7001 --connections 5"),
              tcp("c", "single-c", "--peer {a4}:7001 --connections 5")]),
        Case("prefork server, one listening socket", (7002,),
             [tcp("a", "prefork", "--listen 0.0.0.0:7002 --workers 4", 4)],
             [tcp("b", "prefork-b", "--peer {a4}:7002 --connections 16"),
              tcp("c", "prefork-c", "--peer {a4}:7002 --processes 3", 3)]),
        Case("SO_REUSEPORT server", (7003,),
             [tcp("b", "reuseport", "--listen 0.0.0.0:7003 --workers 4 --sharing reuseport", 4)],
             [tcp("a", "reuseport-a", "--peer {b4}:7003 --connections 16"),
              tcp("c", "reuseport-c", "--peer {b4}:7003 --connections 4")]),
        Case("write-only server", (7004,),
             [tcp("b", "writer", "--listen 0.0.0.0:7004 --talk write")],
             [tcp("a", "writer-a", "--peer {b4}:7004 --connections 3 --quiet")]),
        Case("silent on both ends", (7005,),
             [tcp("c", "silent", "--listen 0.0.0.0:7005 --talk silent")],
             [tcp("b", "silent-b", "--peer {c4}:7005 --connections 2 --quiet")]),
        # Direction comes from the listener, not from the order of the ports.
        Case("server above, client below the ephemeral range", (52000,),
             [tcp("a", "high", "--listen 0.0.0.0:52000")],
             [tcp("b", "high-b", "--peer {a4}:52000 --bind {b4}:1022")]),
    ]


def client_shapes():
    """How clients come: many of one, one of many, and processes that are both."""
    return [
        Case("many processes, one peer", (7006,),
             [tcp("c", "many", "--listen 0.0.0.0:7006")],
             [tcp("a", "many-a", "--peer {c4}:7006 --processes 10", 10)]),
        Case("one process, many peers", (7011, 7012, 7013, 7014),
             [tcp("a", "fan-a", "--listen 0.0.0.0:7011 --listen [::]:7013"),
              tcp("b", "fan-b", "--listen 0.0.0.0:7012 --listen [::]:7014")],
             [tcp("c", "fan-c", "--peer {a4}:7011 --peer {b4}:7012 --peer [{a6}]:7013"
                                " --peer [{b6}]:7014 --peer {a4}:7011 --connections 2")]),
        Case("relay, server and client in one", (7040, 7041),
             [tcp("b", "relay-end", "--listen 0.0.0.0:7041")],
             [tcp("c", "relay-c", "--peer {a4}:7040 --connections 2")],
             relays=[tcp("a", "relay", "--listen 0.0.0.0:7040 --peer {b4}:7041 --connections 2")]),
        Case("own host by its outer address", (7010,),
             [tcp("a", "own", "--listen 0.0.0.0:7010")],
             [tcp("a", "own-a", "--peer {a4}:7010 --connections 2")]),
        Case("a process and itself", (7042,),
             [tcp("c", "self", "--listen 127.0.0.1:7042 --peer 127.0.0.1:7042")], [], realm=NETNS),
        Case("client without a probe", (7050,),
             [tcp("a", "seen", "--listen 0.0.0.0:7050")],
             [tcp("outside", "unseen", "--peer {a4}:7050 --connections 2")]),
        Case("server without a probe", (7051,),
             [tcp("outside", "unseen-server", "--listen {outside4}:7051")],
             [tcp("b", "seen-b", "--peer {outside4}:7051 --connections 2")]),
    ]


def addresses():
    """IPv6, v4-mapped, and addresses that mean something else on the next host."""
    return [
        Case("IPv6", (7007,),
             [tcp("a", "six", "--listen [::]:7007")],
             [tcp("b", "six-b", "--peer [{a6}]:7007 --connections 3"),
              tcp("c", "six-c", "--peer [{a6}]:7007")]),
        Case("dual-stack server", (7008,),
             [tcp("b", "dual", "--listen [::]:7008 --dual-stack")],
             [tcp("a", "dual-a", "--peer {b4}:7008 --connections 2"),
              tcp("c", "dual-c", "--peer [{b6}]:7008")]),
        Case("v4-mapped client", (7009,),
             [tcp("a", "mapped", "--listen 0.0.0.0:7009")],
             [tcp("b", "mapped-b", "--peer {a4}:7009 --connections 2 --v4-mapped")]),
        Case("loopback, equal 4-tuples everywhere", (7020,),
             everywhere(LOOPBACKS, lambda p: tcp(p, "loop", "--listen 127.0.0.1:7020")),
             everywhere(LOOPBACKS, lambda p: tcp(
                 p, "loop-client", "--peer 127.0.0.1:7020 --connections 3 --bind 127.0.0.1:45000")),
             realm=NETNS),
        Case("IPv6 loopback, equal 4-tuples", (7021,),
             everywhere(HOSTS, lambda p: tcp(p, "loop6", "--listen [::1]:7021")),
             everywhere(HOSTS, lambda p: tcp(
                 p, "loop6-client", "--peer [::1]:7021 --connections 2 --bind [::1]:45000")),
             realm=NETNS),
        Case("prefork on loopback", (7022,),
             everywhere(HOSTS, lambda p: tcp(
                 p, "loop-prefork", "--listen 127.0.0.1:7022 --workers 3", 3)),
             everywhere(HOSTS, lambda p: tcp(
                 p, "loop-prefork-client", "--peer 127.0.0.1:7022 --connections 6")),
             realm=NETNS),
        Case("equal private subnets, into the container", (7030,),
             everywhere(BOXES, lambda p: tcp(p, "boxed", "--listen 0.0.0.0:7030")),
             everywhere(("a", "b"), lambda p: tcp(
                 p, "boxed-client", "--peer {box}:7030 --connections 2 --bind {gateway}:45100")),
             realm=HOST),
        Case("equal private subnets, out of the container", (7031,),
             everywhere(("a", "b"), lambda p: tcp(p, "gate", "--listen {gateway}:7031")),
             everywhere(BOXES, lambda p: tcp(
                 p, "gate-client", "--peer {gateway}:7031 --connections 2 --bind {box}:45200")),
             realm=HOST),
    ]


def crowds():
    """One client, many workers: what the witnesses cannot tell must be a group, never a guess."""
    return [
        Case("160 connections over 32 workers", (7301,),
             [tcp("a", "crowd", "--listen 0.0.0.0:7301 --workers 32 --sharing reuseport", 32)],
             [tcp("b", "crowd-b", "--peer {a4}:7301 --connections 160")],
             kind=CROWDED),
        Case("160 connections over 32 workers, loopback", (7302,),
             [tcp("b", "crowd-loop", "--listen 127.0.0.1:7302 --workers 32 --sharing reuseport", 32)],
             [tcp("b", "crowd-loop-b", "--peer 127.0.0.1:7302 --connections 160")],
             realm=NETNS),
    ]


def datagrams():
    return [
        Case("UDP", (7101,),
             [udp("a", "udp", "--listen 0.0.0.0:7101")],
             [udp("b", "udp-b", "--peer {a4}:7101 --connections 2"),
              udp("c", "udp-c", "--peer {a4}:7101")]),
        Case("UDP on loopback, equal 4-tuples", (7102,),
             everywhere(LOOPBACKS, lambda p: udp(p, "udp-loop", "--listen 127.0.0.1:7102")),
             everywhere(LOOPBACKS, lambda p: udp(
                 p, "udp-loop-client", "--peer 127.0.0.1:7102 --bind 127.0.0.1:45300")),
             realm=NETNS),
        Case("UDP over IPv6", (7103,),
             [udp("b", "udp-six", "--listen [::]:7103")],
             [udp("a", "udp-six-a", "--peer [{b6}]:7103")]),
        Case("UDP dual-stack server", (7104,),
             [udp("c", "udp-dual", "--listen [::]:7104 --dual-stack")],
             [udp("a", "udp-dual-a", "--peer {c4}:7104")]),
        Case("UDP in equal private subnets", (7106,),
             everywhere(BOXES, lambda p: udp(p, "udp-boxed", "--listen 0.0.0.0:7106")),
             everywhere(("a", "b"), lambda p: udp(
                 p, "udp-boxed-client", "--peer {box}:7106 --bind {gateway}:45400")),
             realm=HOST),
        Case("UDP, unconnected client", (7105,),
             [udp("a", "udp-loose", "--listen 0.0.0.0:7105")],
             [udp("b", "udp-loose-b", "--peer {a4}:7105 --unconnected")],
             kind=UNCONNECTED),
    ]


#: More connections and workers than the witnesses of one flow can tell apart (design: a bounded number).
CROWDED = "crowded"

#: The kinds that are started once the rest has settled.
PASSING = (SHORT, BRIEF)


def short_lived():
    """Connections that are over before anyone could look, or soon after."""
    return [
        Case("short-lived, single server", (7201,),
             [tcp("a", "short", "--listen 0.0.0.0:7201")],
             [Role("b", "short-b", "tcp-short --peer {a4}:7201 --rate 200 --count 1000")],
             kind=SHORT),
        Case("short-lived, prefork server", (7202,),
             [tcp("b", "short-prefork", "--listen 0.0.0.0:7202 --workers 4", 4)],
             [Role("a", "short-prefork-a", "tcp-short --peer {b4}:7202 --rate 100 --count 300")],
             kind=SHORT),
        Case("short-lived on loopback", (7203,),
             everywhere(HOSTS, lambda p: tcp(p, "short-loop", "--listen 127.0.0.1:7203")),
             everywhere(HOSTS, lambda p: Role(
                 p, "short-loop-client", "tcp-short --peer 127.0.0.1:7203 --rate 100 --count 300")),
             kind=SHORT, realm=NETNS),
        Case("brief, 0.4 s each, single server", (7204,),
             [tcp("c", "brief", "--listen 0.0.0.0:7204")],
             [Role("a", "brief-a", "tcp-short --peer {c4}:7204 --rate 20 --count 100 --hold-ms 400"),
              Role("b", "brief-b", "tcp-short --peer {c4}:7204 --rate 20 --count 100 --hold-ms 400")],
             kind=BRIEF),
        Case("brief, 0.4 s each, prefork server", (7205,),
             [tcp("a", "brief-prefork", "--listen 0.0.0.0:7205 --workers 4", 4)],
             [Role("c", "brief-prefork-c",
                   "tcp-short --peer {a4}:7205 --rate 20 --count 100 --hold-ms 400")],
             kind=BRIEF),
        Case("brief, 0.4 s each, prefork on loopback", (7206,),
             everywhere(HOSTS, lambda p: tcp(
                 p, "brief-loop", "--listen 127.0.0.1:7206 --workers 2", 2)),
             everywhere(HOSTS, lambda p: Role(
                 p, "brief-loop-client",
                 "tcp-short --peer 127.0.0.1:7206 --rate 20 --count 100 --hold-ms 400")),
             kind=BRIEF, realm=NETNS),
    ]


#: The lists of a case in the order in which their roles can start.
PARTS = ("servers", "relays", "clients")


def all_cases():
    return (server_shapes() + client_shapes() + addresses() + crowds() + datagrams()
            + short_lived())
