// Asio and Beast are compiled once, here; everything else of the app only declares them.
#include <boost/asio/impl/src.hpp>
#include <boost/beast/src.hpp>
