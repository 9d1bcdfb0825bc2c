#include <cstdio>
#include <cstdlib>
#include <exception>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "probe/config.h"
#include "probe/probe.h"
#include "report/base/log.h"

namespace {

constexpr int kBadUsage = 2;

std::optional<std::string> environment(const std::string& name) {
    const char* value = std::getenv(name.c_str());
    return value == nullptr ? std::nullopt : std::optional<std::string>(value);
}

int bad_usage(const reticle::Error& error) {
    std::fprintf(stderr, "reticle-probe: %s\n", error.message.c_str());
    return kBadUsage;
}

int run(const std::vector<std::string>& arguments) {
    namespace probe = reticle::probe;
    const auto read = probe::read_config(arguments, environment);
    if (!read) return bad_usage(read.error());
    if (const auto* notice = std::get_if<probe::Notice>(&*read)) {
        std::fputs(notice->text.c_str(), stdout);
        return EXIT_SUCCESS;
    }
    const auto& config = std::get<probe::Config>(*read);
    const auto logging = reticle::init_logging("reticle-probe", config.log_level, config.log_format);
    if (!logging) return bad_usage(logging.error());
    return probe::run_probe(config, environment);
}

}  // namespace

int main(int argc, char** argv) {
    try {
        return run(std::vector<std::string>(argv + 1, argv + argc));
    } catch (const std::exception& exception) {
        std::fprintf(stderr, "reticle-probe: %s\n", exception.what());
        return EXIT_FAILURE;
    }
}
