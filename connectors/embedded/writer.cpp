#include "connectors/embedded/writer.hpp"

#include "connectors/embedded/row_sums.hpp"
#include "connectors/log.hpp"

#include <sqlite3.h>

#include <algorithm>
#include <filesystem>
#include <semaphore>
#include <utility>

namespace fairlead::embedded {
namespace {

// A checkpoint copies the write-ahead log into the file. It runs between two
// groups, after the answers have gone out, so only the next group waits for it.
constexpr int checkpoint_pages = 1'000;
// Readers can keep a passive checkpoint from starting the log over; beyond this
// size the writer waits for them (they are short).
constexpr int restart_pages = 16'000;
// Readers of our own are short, and those of other programs are not waited for.
constexpr int readers_wait_ms = 50;
// How often a reader that keeps the write-ahead log growing is told about.
constexpr auto tell_reader_every = std::chrono::minutes{1};
// How long the engine waits before it tries again on a full disk.
constexpr auto try_again_after = std::chrono::seconds{1};
// Free pages that may lie in the file before they are given back.
constexpr std::int64_t free_pages_min = 256;
// The clock may be wrong if a log seems to have been away for so long.
constexpr std::int64_t leap_ms = 86'400'000;

std::size_t bytes_of(const new_record& r) {
  auto n = sizeof(new_record) + (r.key ? r.key->size() : 0)
           + (r.value ? r.value->size() : 0);
  for (const auto& [name, value] : headers_of(r))
    n += sizeof(header) + name.size() + (value ? value->size() : 0);
  return n;
}

// A view of the record's own key, not of a copy: SQLite keeps a pointer to it.
std::string_view key_of(const new_record& r) {
  return r.key ? std::string_view{*r.key} : std::string_view{};
}

std::string removed_text(const std::string& folder) {
  return "The folder " + folder
         + ", or the file fairlead.db in it, was removed or replaced while the "
           "service ran; restore it from a backup.";
}

int index_of(topic t) {
  return static_cast<int>(t);
}

} // namespace

struct writer::job {
  // One of the two is set. The caller waits, so what it points to lives.
  const std::vector<new_record>* records = nullptr;
  const transaction* batch = nullptr;
  std::size_t bytes = 0;
  std::string why;    // empty: durable
  bool again = false; // not now, and nothing is wrong with the log
  std::binary_semaphore done{0};
};

writer::writer(settings s)
  : settings_{std::move(s)},
    lock_{settings_.folder},
    db_{open_writer(settings_.folder)},
    place_{settings_.folder},
    file_{id_of(file_of(settings_.folder))},
    positions_{no_positions} {
  if (settings_.pages_max > 0)
    db_.exec("PRAGMA max_page_count=" + std::to_string(settings_.pages_max));
  auto stored = read_log_rows(db_);
  next_ = {.place = stored.seq, .ends = stored.ends};
  positions_ = stored.positions;
  last_timestamp_ = stored.timestamp;
  summed_from_ = stored.summed_from;
  if (ms_of(now()) - last_timestamp_ > leap_ms)
    expire_from_ = std::chrono::steady_clock::now() + settings_.retention_wait;
  auto prepare = [this](const char* sql) {
    return sqlite::statement{db_.raw(), sql};
  };
  begin_ = prepare("BEGIN IMMEDIATE");
  commit_ = prepare("COMMIT");
  rollback_ = prepare("ROLLBACK");
  insert_ = prepare("INSERT INTO records(seq, topic, offset, timestamp, key, "
                    "value, headers, sum) VALUES(?,?,?,?,?,?,?,?)");
  put_state_ = prepare("INSERT INTO state(key, value, sum) VALUES(?,?,?) "
                       "ON CONFLICT(key) DO UPDATE SET value = excluded.value, "
                       "sum = excluded.sum");
  drop_state_ = prepare("DELETE FROM state WHERE key = ?");
  put_position_ = prepare("REPLACE INTO positions(topic, next) VALUES(?,?)");
  put_end_ = prepare("REPLACE INTO ends(topic, next) VALUES(?,?)");
  put_log_ = prepare("UPDATE log SET seq = ?, timestamp = ?, sum = ?");
  oldest_ = prepare("SELECT seq, topic, offset, timestamp FROM records "
                    "WHERE seq > ? ORDER BY seq LIMIT ?");
  delete_ = prepare("DELETE FROM records WHERE seq = ?");
  sqlite3_wal_hook(
    db_.raw(),
    [](void* self, sqlite3*, const char*, int pages) {
      static_cast<writer*>(self)->wal_pages_ = pages;
      return SQLITE_OK;
    },
    this);
  reach_ = next_;
  committed_ = positions_;
  place_.write({.place = next_.place});
  place_.sync();
  thread_ = std::thread{[this] { run(); }};
}

writer::~writer() {
  {
    std::lock_guard lock{mutex_};
    stopping_ = true;
  }
  work_.notify_all();
  thread_.join();
  place_.write({.place = reach_.place, .closed = broken_.empty()});
  place_.sync();
}

event_sink::verdict writer::append(const std::vector<new_record>& records,
                                   std::string& why) {
  if (records.empty())
    return event_sink::verdict::durable;
  auto j = std::make_shared<job>();
  j->records = &records;
  for (const auto& r : records)
    j->bytes += bytes_of(r);
  {
    std::lock_guard lock{mutex_};
    if (!broken_.empty() || stopping_) {
      why = broken_.empty() ? "The service is stopping." : broken_;
      return event_sink::verdict::failed;
    }
    // A request that alone is larger than the bound still gets its turn.
    if (queued_records_ > 0
        && (queued_records_ + records.size() > settings_.queued_records_max
            || queued_bytes_ + j->bytes > settings_.queued_bytes_max)) {
      why = "Too many events are waiting to be written; try again in a moment.";
      return event_sink::verdict::busy;
    }
    queued_records_ += records.size();
    queued_bytes_ += j->bytes;
    jobs_.push_back(j);
  }
  work_.notify_one();
  j->done.acquire();
  if (j->why.empty())
    return event_sink::verdict::durable;
  why = j->why;
  return event_sink::verdict::failed;
}

commit_result writer::commit(const transaction& t) {
  auto j = std::make_shared<job>();
  j->batch = &t;
  {
    std::lock_guard lock{mutex_};
    if (!broken_.empty() || stopping_)
      throw log_broken(broken_.empty() ? "The log is being closed." : broken_);
    // The engine's partition waits for nothing else: it goes first.
    jobs_.push_front(j);
  }
  work_.notify_one();
  j->done.acquire();
  if (j->why.empty())
    return commit_result::done;
  if (!j->again)
    throw log_broken(j->why);
  std::unique_lock lock{mutex_};
  auto before = nudges_;
  grown_.wait_for(lock, try_again_after,
                  [&] { return stopping_ || nudges_ != before; });
  return commit_result::aborted;
}

extent writer::reach() const {
  std::lock_guard lock{mutex_};
  return reach_;
}

input_positions writer::committed() const {
  std::lock_guard lock{mutex_};
  return committed_;
}

log_counts writer::counts() const {
  std::lock_guard lock{mutex_};
  auto c = counts_;
  c.queued = queued_records_;
  std::error_code ec;
  auto wal = std::filesystem::file_size(file_of(settings_.folder) + "-wal", ec);
  c.wal_bytes = ec ? 0 : static_cast<std::int64_t>(wal);
  return c;
}

std::string writer::broken() const {
  std::lock_guard lock{mutex_};
  return broken_;
}

void writer::nudge() {
  {
    std::lock_guard lock{mutex_};
    ++nudges_;
  }
  grown_.notify_all();
}

instant writer::now() const {
  return settings_.clock ? settings_.clock()
                         : std::chrono::floor<std::chrono::milliseconds>(
                           std::chrono::system_clock::now());
}

void writer::run() {
  auto look = std::chrono::steady_clock::now();
  std::vector<std::shared_ptr<job>> group;
  for (;;) {
    group.clear();
    {
      std::unique_lock lock{mutex_};
      work_.wait_until(lock, look,
                       [this] { return stopping_ || !jobs_.empty(); });
      // What was accepted before the stop is still written.
      if (stopping_ && jobs_.empty())
        return;
      std::size_t records = 0;
      while (!jobs_.empty() && records < settings_.group_records_max) {
        auto& j = jobs_.front();
        if (j->records) {
          records += j->records->size();
          queued_records_ -= j->records->size();
          queued_bytes_ -= j->bytes;
        }
        group.push_back(std::move(j));
        jobs_.pop_front();
      }
    }
    try {
      if (!group.empty()) {
        write_group(group);
        if (removed())
          throw log_broken(removed_text(settings_.folder));
        finish(group, {});
        tell_room(true);
        checkpoint();
      }
      if (std::chrono::steady_clock::now() >= look) {
        // Again soon while there is something to delete, but after
        // everything else that waits.
        auto pause = expire_step() ? std::chrono::milliseconds{5}
                                   : settings_.retention_interval;
        look = std::chrono::steady_clock::now() + pause;
        if (removed())
          throw log_broken(removed_text(settings_.folder));
      }
    } catch (const log_broken& e) {
      break_down(group, e.what());
      return;
    } catch (const sqlite::error& e) {
      auto why = sqlite::explain(e, settings_.folder);
      try {
        if (!db_.autocommit())
          rollback_.run();
      } catch (const sqlite::error&) {
        // The file is left as the next start's recovery finds it.
      }
      if (!e.no_room()) {
        break_down(group, why);
        return;
      }
      tell_room(false, why);
      finish(group, why, true);
      look = std::max(look, std::chrono::steady_clock::now() + try_again_after);
    }
  }
}

void writer::tell_room(bool room, const std::string& why) {
  if (std::exchange(room_, room) == room)
    return;
  if (room)
    log_info("there is room on the disk again: writing goes on");
  else
    log_error(why + " Reading goes on, and writing as soon as there is room.");
  std::lock_guard lock{mutex_};
  counts_.no_room = !room;
}

void writer::write_group(const std::vector<std::shared_ptr<job>>& group) {
  auto next = next_;
  auto positions = positions_;
  auto timestamp = last_timestamp_;
  auto done = done_;
  try {
    write_rows(group);
  } catch (const sqlite::error&) {
    next_ = next;
    positions_ = positions;
    last_timestamp_ = timestamp;
    done_ = done;
    throw;
  }
}

void writer::write_rows(const std::vector<std::shared_ptr<job>>& group) {
  auto before = next_.ends;
  auto at = std::max(last_timestamp_, static_cast<std::int64_t>(ms_of(now())));
  begin_.run();
  for (const auto& j : group) {
    if (j->records) {
      last_timestamp_ = at;
      for (const auto& r : *j->records)
        write(r, at_ms(at));
      done_.appended += j->records->size();
      continue;
    }
    for (const auto& r : j->batch->records) {
      if (r.on != topic::state) {
        write(r, r.timestamp);
      } else if (r.value) {
        put_state_.bind_blob(1, key_of(r));
        put_state_.bind_blob(2, std::string_view{*r.value});
        put_state_.bind(3, sum_of(key_of(r), *r.value));
        put_state_.run();
      } else {
        drop_state_.bind_blob(1, key_of(r));
        drop_state_.run();
      }
    }
    for (std::size_t i = 0; i < input_topic_count; ++i)
      if (j->batch->positions[i] != positions_[i]) {
        positions_[i] = j->batch->positions[i];
        put_position_.bind(1, static_cast<std::int64_t>(i));
        put_position_.bind(2, positions_[i]);
        put_position_.run();
      }
  }
  for (std::size_t i = 0; i < topic_count; ++i)
    if (next_.ends[i] != before[i]) {
      put_end_.bind(1, static_cast<std::int64_t>(i));
      put_end_.bind(2, next_.ends[i]);
      put_end_.run();
    }
  put_log_.bind(1, next_.place);
  put_log_.bind(2, last_timestamp_);
  put_log_.bind(3, sum_of(log_rows{.seq = next_.place,
                                   .timestamp = last_timestamp_,
                                   .summed_from = summed_from_,
                                   .ends = next_.ends,
                                   .positions = positions_}));
  put_log_.run();
  commit_.run();
  place_.write({.place = next_.place});
  ++done_.transactions;
}

void writer::write(const new_record& r, instant timestamp) {
  auto& end = next_.ends[static_cast<std::size_t>(r.on)];
  auto headers = pack(headers_of(r));
  insert_.bind(1, next_.place + 1);
  insert_.bind(2, index_of(r.on));
  insert_.bind(3, end);
  insert_.bind(4, static_cast<std::int64_t>(ms_of(timestamp)));
  insert_.bind_blob(5, r.key);
  insert_.bind_blob(6, r.value);
  record_row row{.seq = next_.place + 1,
                 .topic = index_of(r.on),
                 .offset = end,
                 .timestamp = static_cast<std::int64_t>(ms_of(timestamp)),
                 .key = r.key,
                 .value = r.value,
                 .headers = {}};
  if (headers.empty()) {
    insert_.bind_null(7);
  } else {
    insert_.bind_blob(7, std::string_view{headers});
    row.headers = headers;
  }
  insert_.bind(8, sum_of(row));
  insert_.run();
  ++next_.place;
  ++end;
  ++done_.written;
}

void writer::finish(const std::vector<std::shared_ptr<job>>& group,
                    const std::string& why, bool again) {
  if (why.empty()) {
    {
      std::lock_guard lock{mutex_};
      reach_ = next_;
      committed_ = positions_;
      auto file_bytes = counts_.file_bytes;
      counts_ = done_;
      counts_.file_bytes = file_bytes;
      counts_.no_room = !room_;
    }
    grown_.notify_all();
  }
  for (const auto& j : group) {
    // It was answered already if a later part of the round has failed.
    if (std::exchange(j->records, nullptr) == nullptr
        && std::exchange(j->batch, nullptr) == nullptr)
      continue;
    j->why = why;
    j->again = again;
    j->done.release();
  }
}

void writer::break_down(const std::vector<std::shared_ptr<job>>& group,
                        const std::string& why) {
  std::deque<std::shared_ptr<job>> rest;
  {
    std::lock_guard lock{mutex_};
    broken_ = why;
    rest.swap(jobs_);
    queued_records_ = 0;
    queued_bytes_ = 0;
  }
  grown_.notify_all();
  finish(group, why);
  for (const auto& j : rest) {
    j->why = why;
    j->done.release();
  }
  if (settings_.on_broken)
    settings_.on_broken(why);
}

void writer::checkpoint() {
  if (wal_pages_ < checkpointed_pages_)
    checkpointed_pages_ = 0; // the log has been started over
  if (wal_pages_ < checkpointed_pages_ + checkpoint_pages)
    return;
  auto mode = wal_pages_ >= restart_pages ? SQLITE_CHECKPOINT_RESTART
                                          : SQLITE_CHECKPOINT_PASSIVE;
  int pages = 0;
  int copied = 0;
  sqlite3_busy_timeout(db_.raw(), readers_wait_ms);
  auto rc
    = sqlite3_wal_checkpoint_v2(db_.raw(), nullptr, mode, &pages, &copied);
  sqlite3_busy_timeout(db_.raw(), sqlite::busy_timeout_ms);
  checkpointed_pages_ = wal_pages_;
  place_.sync();
  // A reader in the way is not a fault: the rest is copied the next time.
  if ((rc & 0xff) == SQLITE_BUSY) {
    if (mode == SQLITE_CHECKPOINT_RESTART)
      tell_reader_in_the_way();
  } else if (rc != SQLITE_OK) {
    throw sqlite::error{rc & 0xff, sqlite3_system_errno(db_.raw()),
                        sqlite3_errmsg(db_.raw())};
  }
}

void writer::tell_reader_in_the_way() {
  auto now = std::chrono::steady_clock::now();
  auto who = readers_of(settings_.folder);
  // One of our own is gone in a moment.
  if (who.empty() || now < tell_reader_from_)
    return;
  tell_reader_from_ = now + tell_reader_every;
  log_warning("the write-ahead log in " + settings_.folder + " has "
              + std::to_string(counts().wal_bytes / (1024 * 1024))
              + " MiB and grows, because another program reads the file in a "
                "transaction that it does not end: "
              + who);
}

bool writer::removed() const {
  return id_of(file_of(settings_.folder)) != file_;
}

// True if there may be more to do at once.
bool writer::expire_step() {
  auto cutoff
    = ms_of(now()) - std::int64_t{settings_.retention_days} * 86'400'000;
  if (std::chrono::steady_clock::now() < expire_from_)
    cutoff = 0;
  std::vector<std::int64_t> old;
  std::int64_t seen = 0;
  std::int64_t last = expire_after_;
  oldest_.bind(1, expire_after_);
  oldest_.bind(2, static_cast<std::int64_t>(settings_.retention_step_max));
  {
    sqlite::reset_at_end r{oldest_};
    while (oldest_.step()) {
      ++seen;
      last = oldest_.number(0);
      auto t = static_cast<std::size_t>(oldest_.number(1));
      // What the engine has not read yet is kept, however old it is.
      bool pending
        = t < input_topic_count && oldest_.number(2) >= positions_[t];
      if (oldest_.number(3) < cutoff && !pending)
        old.push_back(last);
    }
  }
  if (!old.empty()) {
    begin_.run();
    for (auto seq : old) {
      delete_.bind(1, seq);
      delete_.run();
    }
    commit_.run();
    done_.expired += old.size();
  }
  auto pages = db_.number("PRAGMA page_count");
  auto free = db_.number("PRAGMA freelist_count");
  // New records fill the gaps that old ones leave; only a file that has become
  // much too large for its contents is made smaller.
  bool shrink = free > free_pages_min + pages / 8;
  if (shrink)
    db_.exec("PRAGMA incremental_vacuum(256)");
  if (!old.empty() || shrink)
    checkpoint();
  {
    std::lock_guard lock{mutex_};
    counts_.expired = done_.expired;
    counts_.file_bytes = pages * 4096;
  }
  bool more
    = !old.empty()
      && seen == static_cast<std::int64_t>(settings_.retention_step_max);
  // Records are nearly in the order of their time, so a look that finds nothing
  // old ends the round, and the next round starts at the beginning.
  expire_after_ = more ? last : 0;
  return more || shrink;
}

} // namespace fairlead::embedded
