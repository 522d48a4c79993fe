// What signals decide without a server: lag from positions, windows, addresses, numbers.
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "http/get.h"
#include "spec/signal_text.h"
#include "throttle/make_signals.h"
#include "throttle/signals/custom_query.h"
#include "throttle/signals/server_load.h"
#include "throttle/signals/time_window.h"
#include "throttle/signals/wal.h"
#include "throttle/signals/wal_clock.h"

namespace pgfill::throttle {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;

async::TimePoint at(double seconds) {
  return async::TimePoint{} +
         std::chrono::duration_cast<async::Clock::duration>(std::chrono::duration<double>(seconds));
}

constexpr std::int64_t mebibyte = 1 << 20;

TEST(WalClock, TellsTheAgeOfTheOldestWalBeyondAPosition) {
  WalClock wal;
  EXPECT_EQ(wal.age_beyond(0, at(5)), 0);
  wal.note(at(0), 100);
  wal.note(at(1), 200);
  wal.note(at(2), 400);
  EXPECT_EQ(wal.age_beyond(400, at(2)), 0);
  EXPECT_DOUBLE_EQ(wal.age_beyond(200, at(2)), 0);    // may have been written just now
  EXPECT_DOUBLE_EQ(wal.age_beyond(300, at(2)), 0.5);  // half of what the last second wrote
  EXPECT_DOUBLE_EQ(wal.age_beyond(150, at(2)), 1.5);
  EXPECT_DOUBLE_EQ(wal.age_beyond(50, at(2)), 2);
}

TEST(WalClock, NobodyIsLateOnAnIdlePrimary) {
  WalClock wal;
  ReplicaProgress replica;
  for (int second = 0; second < 100; ++second) {
    wal.note(at(second), 700);
    EXPECT_EQ(replica.take(wal, 700, at(second)), 0);
  }
  wal.note(at(100), 700 + 10 * mebibyte);  // a burst after the long rest
  EXPECT_EQ(replica.take(wal, 700, at(100)), 0);
  wal.note(at(101), 700 + 10 * mebibyte);
  EXPECT_EQ(replica.take(wal, 700 + 10 * mebibyte, at(101)), 0);
}

TEST(ReplicaProgress, AReplicaThatStandsStillAgesWhileThePrimaryWrites) {
  WalClock wal;
  ReplicaProgress replica;
  double lag = 0;
  for (int tick = 0; tick <= 20; ++tick) {
    wal.note(at(tick / 2.0), tick * mebibyte);
    lag = replica.take(wal, 0, at(tick / 2.0));
  }
  EXPECT_GE(lag, 9.5);  // ten seconds behind
  EXPECT_GE(lag, 20);   // and twenty mebibytes at the least rate assumed
}

TEST(ReplicaProgress, AReplicaThatDoesNotKeepUpIsJudgedByItsRate) {
  WalClock wal;
  ReplicaProgress replica;
  double lag = 0;
  for (int tick = 0; tick <= 10; ++tick) {
    wal.note(at(tick), (1000 + tick * 100) * mebibyte);
    lag = replica.take(wal, static_cast<std::int64_t>(tick * 50) * mebibyte, at(tick));
  }
  EXPECT_NEAR(lag, 1500 / 50.0, 1);  // 1,500 MiB at 50 a second
}

TEST(ReplicaProgress, AReplicaThatKeepsUpIsNotJudgedByTheLittleItHadToDo) {
  WalClock wal;
  ReplicaProgress replica;
  std::int64_t position = 0;
  double worst = 0;
  for (int tick = 0; tick < 100; ++tick) {
    const std::int64_t before = position;
    position += tick % 10 == 9 ? 100 * mebibyte : 1000;  // a burst now and then
    wal.note(at(tick), position);
    worst = std::max(worst, replica.take(wal, before, at(tick)));
  }
  EXPECT_LE(worst, 1.0);
}

TEST(WalClock, ForgetsWhatAFailoverTookBack) {
  WalClock wal;
  wal.note(at(0), 1000);
  wal.note(at(1), 2000);
  wal.note(at(2), 1500);
  EXPECT_EQ(wal.position(), 1500);
  EXPECT_EQ(wal.age_beyond(1500, at(2)), 0);
}

std::chrono::system_clock::time_point utc(int year, unsigned month, unsigned day, int hour, int minute = 0) {
  const std::chrono::sys_days midnight{std::chrono::year{year} / std::chrono::month{month} / std::chrono::day{day}};
  return midnight + std::chrono::hours{hour} + minutes{minute};
}

TEST(TimeWindow, HoldsFromItsBeginningUpToItsEnd) {
  const TimeWindow window{{}, minutes{9 * 60}, minutes{17 * 60}, "UTC", 0};
  EXPECT_FALSE(is_within(window, utc(2024, 5, 1, 8, 59)));
  EXPECT_TRUE(is_within(window, utc(2024, 5, 1, 9, 0)));
  EXPECT_TRUE(is_within(window, utc(2024, 5, 1, 16, 59)));
  EXPECT_FALSE(is_within(window, utc(2024, 5, 1, 17, 0)));
}

TEST(TimeWindow, OverMidnightBelongsToTheDayItBeganOn) {
  const TimeWindow window{{5}, minutes{20 * 60}, minutes{6 * 60}, "UTC", 0};  // Friday night
  EXPECT_FALSE(is_within(window, utc(2024, 5, 3, 5)));                        // Friday morning
  EXPECT_TRUE(is_within(window, utc(2024, 5, 3, 20)));
  EXPECT_TRUE(is_within(window, utc(2024, 5, 4, 5, 59)));
  EXPECT_FALSE(is_within(window, utc(2024, 5, 4, 6)));
  EXPECT_FALSE(is_within(window, utc(2024, 5, 4, 20)));
}

TEST(TimeWindow, FollowsTheWallClockWhenClocksChange) {
  const TimeWindow window{{}, minutes{2 * 60}, minutes{4 * 60}, "Europe/Berlin", 0};
  EXPECT_TRUE(is_within(window, utc(2024, 1, 10, 1)));       // 02:00 in winter
  EXPECT_FALSE(is_within(window, utc(2024, 1, 10, 3)));      // 04:00
  EXPECT_TRUE(is_within(window, utc(2024, 7, 10, 0)));       // 02:00 in summer
  EXPECT_FALSE(is_within(window, utc(2024, 7, 10, 2)));      // 04:00
  EXPECT_FALSE(is_within(window, utc(2024, 3, 31, 0, 59)));  // 01:59, then 03:00: an hour of it is skipped
  EXPECT_TRUE(is_within(window, utc(2024, 3, 31, 1)));
  EXPECT_FALSE(is_within(window, utc(2024, 3, 31, 2)));
  EXPECT_TRUE(is_within(window, utc(2024, 10, 27, 0)));  // 02:00 for the first time
  EXPECT_TRUE(is_within(window, utc(2024, 10, 27, 1)));  // 02:00 for the second time
  EXPECT_TRUE(is_within(window, utc(2024, 10, 27, 2)));  // 03:00
  EXPECT_FALSE(is_within(window, utc(2024, 10, 27, 3)));
}

TEST(TimeWindow, AZoneThatIsNotThereIsAnErrorAndNotAlways) {
  EXPECT_THROW(is_within(TimeWindow{{}, {}, {}, "Nowhere/Land", 0}, utc(2024, 1, 1, 0)), std::runtime_error);
}

TEST(TimeWindow, IsPutIntoWords) {
  EXPECT_EQ(in_words({{1, 5}, minutes{1200}, minutes{365}, "Asia/Tokyo", 20}), "mon fri 20:00-06:05 Asia/Tokyo");
}

TEST(HttpUrl, IsReadInItsParts) {
  EXPECT_EQ(http::parse_url("http://freno"), (http::Url{"freno", "80", "/"}));
  EXPECT_EQ(http::parse_url("http://freno:8111/check/a?b=c"), (http::Url{"freno", "8111", "/check/a?b=c"}));
  EXPECT_EQ(http::parse_url("http://10.0.0.1?x"), (http::Url{"10.0.0.1", "80", "/?x"}));
  EXPECT_EQ(http::parse_url("http://[::1]:81/"), (http::Url{"::1", "81", "/"}));
  for (const char* text : {"", "freno", "https://freno/", "http://", "http:///a", "http://h:/", "http://h:x/",
                           "http://h:65536/", "http://user@h/", "http://h /", "http://h/\r\nHost: x", "http://[::1/"}) {
    EXPECT_EQ(http::parse_url(text), std::nullopt) << text;
  }
}

TEST(HttpUrl, WhatTheSpecTakesTheClientReads) {
  for (const char* text : {"http://freno", "http://freno:8111/check/a?b=c", "http://h?x", "http://h:0/", "freno",
                           "https://h/", "http://", "http://h:x/", "http://user@h/", "http://h/#x", "http:///a"}) {
    EXPECT_EQ(spec::is_http_url(text), http::parse_url(text).has_value()) << text;
  }
}

TEST(CustomQuery, TakesNumbersAndBooleansOnly) {
  EXPECT_EQ(number_in("12"), 12);
  EXPECT_EQ(number_in("-0.5"), -0.5);
  EXPECT_EQ(number_in("1e3"), 1000);
  EXPECT_EQ(number_in("t"), 1);
  EXPECT_EQ(number_in("f"), 0);
  for (const char* text : {"", "NaN", "Infinity", "12 rows", "00:00:05", "true", "0x10"}) {
    EXPECT_EQ(number_in(text), std::nullopt) << text;
  }
}

TEST(ServerLoad, ReadsTheFirstFigure) {
  EXPECT_EQ(load_of_last_minute("1.52 0.70 0.30 2/345 6789\n"), 1.52);
  EXPECT_EQ(load_of_last_minute(""), std::nullopt);
  EXPECT_EQ(load_of_last_minute("many"), std::nullopt);
}

std::set<std::string> names_of(const Throttle& limits, const SignalContext& context) {
  std::set<std::string> names;
  for (const auto& signal : make_signals(limits, context)) names.insert(signal->name());
  return names;
}

TEST(MakeSignals, LeavesOutWhatIsOff) {
  SignalContext context{"j", "pgfill:j/", 1, "public", {}, {}};
  const std::set<std::string> usual{"lock_wait", "ddl_wait",    "standby_wait",    "commit_latency",
                                    "courtesy",  "replica_lag", "archive_backlog", "slot_retention",
                                    "disk_free", "oldest_xmin", "xid_age"};
  EXPECT_EQ(names_of({}, context), usual);
  Throttle none;
  none.lock_wait.reset();
  none.commit_latency.reset();
  none.replica_lag.reset();
  none.replica_backlog.reset();
  none.archive_backlog.reset();
  none.slot_retention.reset();
  none.disk_free.reset();
  none.oldest_xmin.reset();
  none.xid_age.reset();
  none.courtesy = false;
  EXPECT_EQ(names_of(none, context), (std::set<std::string>{"ddl_wait", "standby_wait"}));
}

TEST(MakeSignals, KnowsEverySignalThatMayBeIgnored) {
  Throttle all;
  all.active_sessions = 1;
  all.wal_rate = all.wal_budget = 1;
  all.checkpoints = all.growth = all.server_load = 1;
  all.autovacuum = true;
  all.http = {{"http://h/", milliseconds{1000}}};
  all.window = TimeWindow{};
  std::set<std::string> made = names_of(all, {"j", "pgfill:j/", 1, "public", {}, {}});
  made.insert({"replica_backlog", "own_lock_wait"});  // told by replica_lag and lock_wait
  EXPECT_EQ(made, std::set<std::string>(signal_names().begin(), signal_names().end()));
}

}  // namespace
}  // namespace pgfill::throttle
