// The one coroutine type. A Task runs on the executor it was spawned on; it is owned by what awaits it.
//
// Rules of this code base (g++ 12.2 destroys some co_await temporaries twice): coroutines are named functions, taking
// arguments by value or by reference to objects that outlive the group; no capturing lambda and no braced aggregate
// inside a co_await expression; no structured binding on a co_await. tests/structure checks them.
#pragma once

#include <boost/asio/awaitable.hpp>

namespace pgfill::async {

template <class T>
using Task = boost::asio::awaitable<T>;

}  // namespace pgfill::async
