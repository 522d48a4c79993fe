#include "http/get.h"

#include <netdb.h>

#include <algorithm>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>
#include <cstring>
#include <vector>

#include "async/background.h"

namespace pgfill::http {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
using Endpoints = std::vector<asio::ip::tcp::endpoint>;

/// Addresses are looked up again after this long.
constexpr std::chrono::seconds address_life{30};
constexpr std::uint64_t most_body_bytes = 65'536;

Endpoints addresses_of(const addrinfo* list) {
  Endpoints endpoints;
  for (const addrinfo* each = list; each != nullptr; each = each->ai_next) {
    asio::ip::tcp::endpoint endpoint;
    if (each->ai_addrlen > endpoint.capacity()) continue;
    std::memcpy(endpoint.data(), each->ai_addr, each->ai_addrlen);
    endpoint.resize(each->ai_addrlen);
    endpoints.push_back(endpoint);
  }
  return endpoints;
}

}  // namespace

/// Its thread writes what it has found; the client reads it when `work` has ended.
struct Client::Lookup {
  std::shared_ptr<async::Background> work;
  Endpoints endpoints;
  std::string failure;
  async::TimePoint at{};
};

std::optional<Url> parse_url(std::string_view text) {
  constexpr std::string_view scheme = "http://";
  if (!text.starts_with(scheme) || text.find_first_of(" \t\r\n#@\\") != std::string_view::npos) return std::nullopt;
  text.remove_prefix(scheme.size());
  Url url;
  const std::size_t end = std::min(text.find_first_of("/?"), text.size());
  std::string_view authority = text.substr(0, end);
  if (end < text.size()) url.target = (text[end] == '?' ? "/" : "") + std::string(text.substr(end));
  const std::size_t bracket = authority.starts_with('[') ? authority.find(']') : 0;
  if (bracket == std::string_view::npos) return std::nullopt;
  if (const std::size_t colon = authority.find(':', bracket); colon != std::string_view::npos) {
    url.port = authority.substr(colon + 1);
    authority = authority.substr(0, colon);
  }
  url.host = bracket > 0 ? authority.substr(1, bracket - 1) : authority;
  const bool number = !url.port.empty() && url.port.size() <= 5 &&
                      url.port.find_first_not_of("0123456789") == std::string::npos && std::stoi(url.port) <= 65'535;
  if (url.host.empty() || !number || (bracket > 0 && bracket + 1 != authority.size())) return std::nullopt;
  return url;
}

Client::Client(const std::string& url) : url_(parse_url(url).value_or(Url{})) {}

std::shared_ptr<Client::Lookup> Client::look_up(const Url& url) {
  auto lookup = std::make_shared<Lookup>();
  lookup->at = async::Clock::now();
  lookup->work = async::Background::start([lookup, url] {
    addrinfo hints{};
    hints.ai_socktype = SOCK_STREAM;
    addrinfo* list = nullptr;
    const int failure = getaddrinfo(url.host.c_str(), url.port.c_str(), &hints, &list);
    if (failure == 0) lookup->endpoints = addresses_of(list);
    if (failure == 0) freeaddrinfo(list);
    if (failure != 0) lookup->failure = url.host + " is not known: " + gai_strerror(failure);
  });
  return lookup;
}

async::Task<void> Client::resolve(async::Deadline deadline) {
  const bool answered = lookup_ && lookup_->work->has_ended();
  const bool old = answered && (!lookup_->failure.empty() || async::Clock::now() - lookup_->at > address_life);
  if (!lookup_ || old) lookup_ = look_up(url_);
  const bool ended = co_await lookup_->work->ended(deadline);
  if (!ended) throw Failure("looking up " + url_.host + " takes too long");
  if (!lookup_->failure.empty()) throw Failure(lookup_->failure);
}

async::Task<int> Client::get(async::Deadline deadline) {
  co_await resolve(deadline);
  beast::tcp_stream stream(co_await asio::this_coro::executor);
  stream.expires_at(deadline.at);
  beast::http::request<beast::http::empty_body> request(beast::http::verb::get, url_.target, 11);
  request.set(beast::http::field::host, url_.host + ":" + url_.port);
  request.set(beast::http::field::user_agent, "pgfill");
  request.set(beast::http::field::connection, "close");
  beast::flat_buffer buffer;
  beast::http::response_parser<beast::http::string_body> answer;
  answer.body_limit(most_body_bytes);
  try {
    co_await stream.async_connect(lookup_->endpoints, asio::use_awaitable);
    co_await beast::http::async_write(stream, request, asio::use_awaitable);
    co_await beast::http::async_read_header(stream, buffer, answer, asio::use_awaitable);
  } catch (const boost::system::system_error& failure) {
    if (failure.code() == asio::error::operation_aborted) throw;
    throw Failure(failure.code() == beast::error::timeout ? "no answer in time" : failure.code().message());
  }
  co_return static_cast<int>(answer.get().result_int());
}

}  // namespace pgfill::http
