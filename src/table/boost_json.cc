// Boost.JSON, compiled once, so that its shared library need not be linked.
#include <boost/json/src.hpp>
