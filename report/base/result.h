#pragma once

#include <string>
#include <utility>

#include <boost/system/result.hpp>

namespace reticle {

/// What kind of failure an Error is; callers branch on this, people read the message.
enum class Errc {
    invalid,      ///< input that is malformed or out of its limits
    too_large,    ///< input beyond a size or count limit
    unsupported,  ///< a protocol, format or feature this build does not speak
    denied,       ///< not permitted: privileges, tokens, roles
    not_found,    ///< the named thing does not exist
    unavailable,  ///< the outside world did not answer: network, kernel interface, file system
    conflict,     ///< contradicts what is already there, such as a second writer of one host
};

/// A failure as a value: its kind and one sentence that names the thing and, where there is one, the remedy.
struct Error {
    Errc code = Errc::invalid;
    std::string message;
};

/// A T, or the Error that says why there is none. Test with `if (!result)`, read with `*result`.
template <class T>
using Result = boost::system::result<T, Error>;

/// Shorthand for returning a failure: `return fail(Errc::invalid, "...")`.
inline Error fail(Errc code, std::string message) {
    return Error{code, std::move(message)};
}

/// Boost.System's hook: reading the value of a failed Result is a bug and throws std::logic_error.
[[noreturn]] void throw_exception_from_error(const Error& error, const boost::source_location& where);

}  // namespace reticle
