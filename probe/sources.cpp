#include "probe/sources.h"

#include <memory>
#include <utility>

#include "probe/connections/connections.h"
#include "probe/host/host.h"
#include "probe/processes/process_watch.h"
#include "probe/processes/processes.h"
#include "probe/redact/redact.h"

namespace reticle::probe {

Sources make_sources(const Config& config, std::string_view host_name, std::string_view boot_id,
                     const LocalState& state) {
    auto hide = [policy = config.redact](const std::vector<std::string>& argv) {
        return redact(argv, policy);
    };
    auto watch = std::make_shared<ProcessWatch>(config.proc_root.string(), "/etc/passwd", std::move(hide));
    Sources sources;
    sources.push_back(
        std::make_unique<Connections>(watch, state.host(), boot_id, config.connection_interval));
    sources.push_back(std::make_unique<Processes>(watch, boot_id, config.process_interval));
    Host::Options host;
    host.version = RETICLE_VERSION;
    host.cluster = config.cluster;
    host.host_name = host_name;
    host.interval = config.host_interval;
    sources.push_back(std::make_unique<Host>(watch, std::move(host)));
    return sources;
}

}  // namespace reticle::probe
