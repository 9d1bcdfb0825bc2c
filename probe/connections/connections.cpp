#include "probe/connections/connections.h"

#include <algorithm>
#include <string>
#include <utility>

#include "probe/os/proc_fs.h"

namespace reticle::probe {

namespace {

EphemeralPorts ephemeral_ports(const os::ProcFs& proc) {
    EphemeralPorts ports;
    std::string text;
    if (!proc.read("sys/net/ipv4/ip_local_port_range", text)) return ports;
    std::string_view rest = text;
    const auto first = os::take_number(rest);
    const auto last = os::take_number(rest);
    if (first && last && *first <= *last && *last <= 65535)
        ports = {static_cast<std::uint16_t>(*first), static_cast<std::uint16_t>(*last)};
    return ports;
}

}  // namespace

Connections::Connections(std::shared_ptr<ProcessWatch> watch, report::NodeKey host, std::string_view boot_id,
                         std::chrono::milliseconds interval, bool use_diag)
    : watch_(std::move(watch)),
      boot8_(boot_id.substr(0, 8)),
      interval_(interval),
      reader_(watch_->proc(), use_diag),
      owners_([this](pid_t pid, std::vector<std::uint64_t>& inodes) {
          return watch_->proc().socket_inodes(pid, inodes);
      }),
      flows_(std::move(host), boot8_) {
    flows_.set_ephemeral(ephemeral_ports(watch_->proc()));
}

Result<void> Connections::collect(LocalState& state, Now now) {
    if (auto refreshed = watch_->refresh(now); !refreshed) return refreshed;
    sweep_sockets(now);
    if (auto found = find_owners(now); !found) return found;
    flows_.sweep(sockets_, listeners_, owners_, std::exchange(first_, false), now);
    listeners_.state(state, owners_, boot8_);
    flows_.state(state, now);
    state.set(state.host(), report::Key::connections_source, report::Value::string(source_sentence()));
    return {};
}

void Connections::sweep_sockets(Now now) {
    sockets_.begin_sweep();
    listeners_.begin_sweep();
    reader_.read(watch_->table(), flows_.waiting(), [this](const Socket& socket) {
        if (is_listener(socket)) {
            listeners_.seen(socket);
        } else {
            sockets_.seen(socket);
        }
    });
    sockets_.end_sweep(reader_.unread());
    listeners_.end_sweep(reader_.unread(), now.mono);
}

/// Processes are looked at again after the sockets: who made a socket that we saw has run before we look now.
Result<void> Connections::find_owners(Now now) {
    const bool wanted = owners_wanted();
    if (wanted) {
        if (auto refreshed = watch_->refresh_again(now); !refreshed) return refreshed;
    }
    owners_.follow(watch_->table());
    if (wanted || now.mono - walked_ >= kOwnerRotation) {
        owners_.walk(watch_->table());
        walked_ = now.mono;
    }
    return {};
}

bool Connections::owners_wanted() const {
    const auto unowned = [this](const Connection* connection) {
        return connection->socket.inode != 0 && !owners_.owner(connection->socket.inode);
    };
    const SocketChanges& changes = sockets_.changes();
    return std::any_of(changes.opened.begin(), changes.opened.end(), unowned) ||
           std::any_of(changes.moved.begin(), changes.moved.end(), unowned) ||
           listeners_.any_unowned(owners_);
}

std::string Connections::source_sentence() const {
    std::string text = reader_.source();
    if (owners_.denied() > 0)
        text += "; owners of other users' sockets unknown: CAP_SYS_PTRACE and CAP_DAC_READ_SEARCH missing";
    return text;
}

std::string Connections::status() const {
    return std::to_string(sockets_.size()) + " open, " + std::to_string(listeners_.size()) + " listening, " +
           std::to_string(flows_.size()) + " flows; " + source_sentence();
}

}  // namespace reticle::probe
