// Plays one role of the ground-truth workload: see docs/truth.md and --help.

#include <cstdio>
#include <exception>
#include <variant>

#include "tests/truth/workload/options.h"
#include "tests/truth/workload/role.h"

int main(int argc, char** argv) {
    namespace truth = reticle::truth;
    const auto parsed = truth::parse_options(argc, argv);
    if (const auto* usage = std::get_if<truth::Usage>(&parsed)) {
        std::fputs(usage->text.c_str(), usage->exit_code == 0 ? stdout : stderr);
        return usage->exit_code;
    }
    const auto& options = std::get<truth::Options>(parsed);
    try {
        truth::run_role(options);
        return 0;
    } catch (const std::exception& error) {
        std::fprintf(stderr, "reticle-truth-workload %s: %s\n", options.name.c_str(), error.what());
        return 1;
    }
}
