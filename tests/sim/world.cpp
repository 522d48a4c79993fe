#include "sim/world.h"

#include <algorithm>
#include <cassert>

namespace pgfill::sim {

World::World(std::uint64_t seed) : random_(seed) {
  assert(async::Clock::simulation == nullptr);
  async::Clock::simulation = this;
}

World::~World() {
  waits_.clear();
  for (Process& process : processes_) process.ready.clear();
  async::Clock::simulation = nullptr;
}

int World::add_process() {
  processes_.emplace_back();
  return static_cast<int>(processes_.size()) - 1;
}

void World::go_on(int process) {
  processes_[at(process)].stopped = false;
}

void World::schedule(TimePoint moment, std::function<void()> action) {
  actions_.emplace(std::max(moment, time_), std::move(action));
}

void World::trace(std::uint64_t what) {
  hash_ = (hash_ ^ what) * 1099511628211U;
  hash_ = (hash_ ^ static_cast<std::uint64_t>(time_.time_since_epoch().count())) * 1099511628211U;
}

TimePoint World::now() {
  return current_ < 0 ? time_ : time_ + processes_[at(current_)].ahead;
}

std::uint64_t World::add(TimePoint moment, const boost::asio::any_io_executor& executor,
                         std::unique_ptr<Waiter> waiter) {
  const int process = executor.target<ProcessExecutor>()->process();
  waits_.emplace(next_wait_, Wait{moment, process, std::move(waiter)});
  return next_wait_++;
}

std::unique_ptr<async::VirtualTime::Waiter> World::take(std::uint64_t number) {
  const auto found = waits_.find(number);
  if (found == waits_.end()) return nullptr;
  auto waiter = std::move(found->second.waiter);
  waits_.erase(found);
  return waiter;
}

void World::post(int process, std::unique_ptr<Handler> handler) {
  processes_[at(process)].ready.push_back(std::move(handler));
}

/// One handler, drawn from all that could run.
bool World::run_one() {
  std::size_t ready = 0;
  for (const Process& process : processes_) {
    if (!process.stopped && !process.dead) ready += process.ready.size();
  }
  if (ready == 0) return false;
  std::size_t drawn = ready == 1 ? 0 : static_cast<std::size_t>(random_() % ready);
  for (std::size_t number = 0; number < processes_.size(); ++number) {
    Process& process = processes_[number];
    if (process.stopped || process.dead) continue;
    if (drawn >= process.ready.size()) {
      drawn -= process.ready.size();
      continue;
    }
    const std::unique_ptr<Handler> handler = std::move(process.ready[drawn]);
    process.ready.erase(process.ready.begin() + static_cast<std::ptrdiff_t>(drawn));
    current_ = static_cast<int>(number);
    ++steps_;
    ++steps_at_once_;
    trace(number);
    handler->run();
    current_ = -1;
    return true;
  }
  return false;
}

/// To the next moment at which something happens.
bool World::advance(TimePoint limit) {
  TimePoint next = actions_.empty() ? TimePoint::max() : actions_.begin()->first;
  for (const auto& [number, wait] : waits_) {
    if (wait.moment == TimePoint::max() || !running(wait.process)) continue;
    next = std::min(next, std::max(time_, wait.moment - processes_[at(wait.process)].ahead));
  }
  if (next > limit) return false;
  if (next > time_) steps_at_once_ = 0;
  time_ = next;
  while (!actions_.empty() && actions_.begin()->first <= time_) {
    const auto action = std::move(actions_.begin()->second);
    actions_.erase(actions_.begin());
    action();
  }
  for (auto wait = waits_.begin(); wait != waits_.end();) {
    const bool due = running(wait->second.process) && wait->second.moment != TimePoint::max() &&
                     wait->second.moment - processes_[at(wait->second.process)].ahead <= time_;
    if (!due) {
      ++wait;
      continue;
    }
    const auto waiter = std::move(wait->second.waiter);
    wait = waits_.erase(wait);
    waiter->wake();
  }
  return true;
}

bool World::run(const std::function<bool()>& done, TimePoint limit) {
  while (!done()) {
    if (spins() || (!run_one() && !advance(limit))) return false;
  }
  return true;
}

}  // namespace pgfill::sim
