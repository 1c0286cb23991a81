#pragma once

#include "actors/partition/ports.hpp"
#include "messages/records.hpp"
#include "messages/topics.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace fairlead::memory {

/// What a member of the group shows with its offsets. With no member and
/// generation -1 a broker accepts them unchecked (KIP-447).
struct group_metadata {
  std::string member;
  std::int32_t generation = -1;
};

/// The answer to a call in a transaction.
enum class answer : std::uint8_t {
  ok,
  fenced, /// the transactional id has a newer epoch
  stale   /// the group has moved on: not this member, or not this generation
};

/// A broker in memory that behaves towards its clients as Kafka's does, worst
/// cases included: what is written becomes readable only with the marker of its
/// transaction, and markers come late and one lane (topic and partition) at a
/// time.
///
///   producer:  init(id) -> epoch;  add(...)*  add_offsets(...)  end(...)
///   end        -> prepared; the answer comes before the markers do
///   marker     -> the lane's records are decided, its last stable offset moves
///   init       -> an open transaction is aborted, the older epoch is fenced
///
/// One thread, no clock, no chance: its owner decides with deliver_marker() and
/// the like when something happens.
class broker {
public:
  explicit broker(std::int32_t partitions);

  [[nodiscard]] std::int32_t partition_count() const { return partitions_; }

  // -- publishers, readers ----------------------------------------------------

  /// Appends a record without a transaction; its offset.
  std::int64_t append(raw_record r);

  /// Committed records from an offset on, at most `max`, up to the last stable
  /// offset.
  struct fetched {
    std::vector<raw_record> records;
    std::int64_t next = 0; /// where to go on; steps over what nobody may see
    bool at_end = false;   /// nothing more below the last stable offset
  };
  [[nodiscard]] fetched fetch(topic on, std::int32_t partition,
                              std::int64_t from, std::size_t max) const;
  /// The end that a committed reader reaches.
  [[nodiscard]] std::int64_t last_stable(topic on,
                                         std::int32_t partition) const;
  /// The real end.
  [[nodiscard]] std::int64_t high_watermark(topic on,
                                            std::int32_t partition) const;
  /// What became of the record at that offset; nothing while undecided.
  [[nodiscard]] std::optional<bool>
  is_committed(topic on, std::int32_t partition, std::int64_t offset) const;

  // -- transactions -----------------------------------------------------------

  /// Takes a transactional id over: the older epoch is fenced, and what it left
  /// open is aborted.
  std::int64_t init(const std::string& id);
  /// One record of the id's transaction, which begins with it; the offset.
  answer add(const std::string& id, std::int64_t epoch, const new_record& r,
             std::int64_t& offset);
  /// The group's offsets of a partition, to be committed with the transaction.
  answer add_offsets(const std::string& id, std::int64_t epoch,
                     const group_metadata& who, std::int32_t partition,
                     const input_positions& positions);
  answer end(const std::string& id, std::int64_t epoch, bool commit);
  /// The broker's own timeout: aborted, and its producer fenced.
  void time_out(const std::string& id);

  // -- the group --------------------------------------------------------------

  /// A new generation with these members.
  std::int32_t rebalance(std::set<std::string> members);
  [[nodiscard]] std::int32_t generation() const { return generation_; }
  /// The group's offsets of a partition (-1: none); nothing while a
  /// transaction that moves them is undecided.
  [[nodiscard]] std::optional<input_positions>
  committed_offsets(std::int32_t partition) const;

  // -- what happens by itself -------------------------------------------------

  [[nodiscard]] std::size_t pending_markers() const { return pending_.size(); }
  /// One marker arrives.
  void deliver_marker(std::size_t which);
  /// A client waits: a marker arrives or, if none is on its way, the oldest
  /// open transaction runs into its timeout. Throws if nothing can happen any
  /// more, since what is waited for will never come.
  void wait();
  /// Compacts the decided records below `until`: the last one of each key
  /// stays. If that is a tombstone below `no_tombstones_until`, it goes, too.
  void compact(topic on, std::int32_t partition, std::int64_t until,
               std::int64_t no_tombstones_until);

  /// init() and an id's next transaction wait for the markers of the one
  /// before, as they do in Kafka. Off: a broker that answers earlier.
  bool patient = true;
  /// Chooses which marker wait() delivers; by default the first.
  std::function<std::size_t(std::size_t of)> pick;
  /// Told of every transaction at the moment when its commit is certain.
  std::function<void(const std::vector<new_record>&)> on_prepared;

private:
  struct entry {
    std::int64_t offset = 0;
    std::uint64_t txn = 0; /// 0: none
    bool marker = false;
    raw_record record;
  };
  struct lane {
    std::vector<entry> entries;
    std::int64_t end = 0;
    std::map<std::uint64_t, std::int64_t> undecided; /// txn -> first offset
    std::set<std::uint64_t> aborted;
  };
  struct open_transaction {
    std::uint64_t number = 0; /// 0: none is open
    std::set<std::size_t> lanes;
    std::vector<new_record> records;
    std::map<std::int32_t, input_positions> offsets;
  };
  struct producer {
    std::int64_t epoch = -1;
    std::uint64_t ended = 0; /// its last transaction that is no longer open
    open_transaction open;
  };
  /// A marker on its way; the offsets' lane has the number `no_lane`.
  struct pending_marker {
    std::uint64_t txn = 0;
    std::size_t lane = 0;
    bool commit = false;
    std::map<std::int32_t, input_positions> offsets;
  };
  static constexpr std::size_t no_lane = ~std::size_t{0};

  [[nodiscard]] std::size_t lane_number(topic on, std::int32_t p) const;
  [[nodiscard]] const lane& lane_of(topic on, std::int32_t p) const {
    return lanes_[lane_number(on, p)];
  }
  [[nodiscard]] static std::int64_t stable_end(const lane& l);
  void settle(const producer& p);
  void open(producer& p);
  void prepare(producer& p, bool commit);

  std::int32_t partitions_;
  std::vector<lane> lanes_;
  std::map<std::string, producer> producers_;
  std::vector<pending_marker> pending_;
  std::uint64_t last_txn_ = 0;
  std::int32_t generation_ = 0;
  std::set<std::string> members_;
  std::vector<input_positions> offsets_;
};

} // namespace fairlead::memory
