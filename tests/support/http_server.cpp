#include "support/http_server.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <stdexcept>
#include <vector>

namespace pgfill::tests {

HttpServer::HttpServer(int status) : status_(status), listener_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  auto* const any = reinterpret_cast<sockaddr*>(&address);
  if (bind(listener_, any, size) != 0 || listen(listener_, 16) != 0 || getsockname(listener_, any, &size) != 0) {
    throw std::runtime_error("no port to listen on");
  }
  port_ = ntohs(address.sin_port);
  thread_ = std::thread([this] { serve(); });
}

HttpServer::~HttpServer() {
  shutdown(listener_, SHUT_RDWR);  // ends accept()
  thread_.join();
  close(listener_);
}

std::string HttpServer::asked_for() const {
  const std::lock_guard lock(mutex_);
  return asked_for_;
}

void HttpServer::serve() {
  std::vector<int> silent;
  for (int client = 0; (client = accept(listener_, nullptr, nullptr)) >= 0;) {
    if (status_ == 0) {
      silent.push_back(client);
      continue;
    }
    std::string request;
    std::array<char, 1024> part{};
    for (ssize_t got = 1; got > 0 && request.find("\r\n\r\n") == std::string::npos;) {
      got = recv(client, part.data(), part.size(), 0);
      if (got > 0) request.append(part.data(), static_cast<std::size_t>(got));
    }
    {
      const std::lock_guard lock(mutex_);
      asked_for_ = request.substr(0, request.find("\r\n"));
    }
    const std::string answer = "HTTP/1.1 " + std::to_string(status_) + " Answer\r\nContent-Length: 2\r\n\r\nok";
    if (send(client, answer.data(), answer.size(), MSG_NOSIGNAL) < 0) request.clear();
    close(client);
  }
  for (const int client : silent) close(client);
}

}  // namespace pgfill::tests
