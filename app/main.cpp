#include <cstdio>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "app/config.h"
#include "app/server.h"
#include "report/base/log.h"

namespace {

constexpr int kBadUsage = 2;

std::optional<std::string> environment(const std::string& name) {
    const char* value = std::getenv(name.c_str());
    return value == nullptr ? std::nullopt : std::optional<std::string>(value);
}

int run(const std::vector<std::string>& arguments) {
    using namespace reticle;
    std::error_code ignored;
    const auto program = std::filesystem::read_symlink("/proc/self/exe", ignored);
    const auto read = app::read_config(arguments, environment, program);
    if (!read) {
        std::fprintf(stderr, "reticle-app: %s\n", read.error().message.c_str());
        return kBadUsage;
    }
    if (const auto* notice = std::get_if<app::Notice>(&*read)) {
        std::fputs(notice->text.c_str(), stdout);
        return EXIT_SUCCESS;
    }
    const auto& config = std::get<app::Config>(*read);
    const auto logging = init_logging("reticle-app", config.log_level, config.log_format);
    if (!logging) {
        std::fprintf(stderr, "reticle-app: %s\n", logging.error().message.c_str());
        return kBadUsage;
    }
    return app::serve_until_signalled(config);
}

}  // namespace

int main(int argc, char** argv) {
    try {
        return run(std::vector<std::string>(argv + 1, argv + argc));
    } catch (const std::exception& exception) {
        std::fprintf(stderr, "reticle-app: %s\n", exception.what());
        return EXIT_FAILURE;
    }
}
