// Boost.JSON, compiled once for every room, so that its shared library need not be linked.
#include <boost/json/src.hpp>
