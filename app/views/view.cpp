#include "app/views/view.h"

#include "app/views/mapping.h"

namespace reticle::app {

std::string_view node_kind_name(NodeKind kind) {
    switch (kind) {
        case NodeKind::process:
            return "process";
        case NodeKind::process_name:
            return "process_name";
        case NodeKind::host:
            return "host";
        case NodeKind::internet:
            return "internet";
        case NodeKind::service:
            return "service";
        case NodeKind::lan_host:
            return "lan_host";
        case NodeKind::listener_group:
            return "listener_group";
        case NodeKind::unattributed:
            return "unattributed";
    }
    return "";
}

std::string_view view_state_name(ViewState state) {
    switch (state) {
        case ViewState::live:
            return "live";
        case ViewState::stale:
            return "stale";
        case ViewState::ended:
            return "ended";
    }
    return "";
}

std::vector<std::unique_ptr<View>> make_views() {
    std::vector<std::unique_ptr<View>> views;
    views.push_back(make_processes_view());
    views.push_back(make_processes_by_name_view());
    views.push_back(make_hosts_view());
    return views;
}

}  // namespace reticle::app
