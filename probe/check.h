#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "probe/loop.h"

namespace reticle::probe {

/// What one feature of the kernel or one privilege means here.
struct Finding {
    std::string feature;
    bool present = false;
    std::string gives;   ///< what it is good for
    std::string lost;    ///< what there is without it
    std::string remedy;  ///< how to get it; empty if there is no way
};

/// Tries everything that this build uses, without changing anything.
std::vector<Finding> check_machine(const std::filesystem::path& proc_root,
                                   const std::filesystem::path& state_dir);

/// Findings as text: what is there in one line each, what is missing with what is lost and the remedy.
std::string findings_text(const std::vector<Finding>& findings);

/// What each source can see here, one line each; asks every source once.
std::string sources_text(const Sources& sources, LocalState& state);

}  // namespace reticle::probe
