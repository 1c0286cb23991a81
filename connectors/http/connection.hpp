#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>

namespace fairlead::http {

/// Where a connection stands: a request comes in, a worker has it, the answer
/// goes out, the client is given time to see it before the socket is closed.
enum class connection_phase { reading, working, flushing, lingering };

/// One client: its socket, the bytes of its requests and of their answers.
/// A request is read and a response is written in memory; only a stream of
/// events waits for the socket.
/// Threads: the I/O thread's, except while a worker has it (`working`).
class connection {
public:
  using clock = std::chrono::steady_clock;

  /// Owns `fd`. `write_wait`: how long a stream waits for a client that takes
  /// nothing; once `stopping`, which outlives this, it does not wait.
  connection(std::uint64_t id, int fd, std::chrono::milliseconds write_wait,
             const std::atomic<bool>& stopping);
  ~connection();
  connection(const connection&) = delete;
  connection& operator=(const connection&) = delete;

  // -- the request that is in memory, the response ----------------------------

  [[nodiscard]] bool is_readable() const;
  /// False once the client is gone: how a stream notices.
  [[nodiscard]] bool is_writable() const;
  /// Returns how many bytes of the request it has copied.
  std::size_t read(char* to, std::size_t size);
  /// False: the client is gone, or does not take a stream.
  bool write(const char* from, std::size_t size);

  // -- a worker's view --------------------------------------------------------

  /// False once nobody waits for the answer: the client is gone, or the
  /// transport is stopping.
  [[nodiscard]] bool awaited() const { return !stopping_ && is_writable(); }

  // -- the transport's view ---------------------------------------------------

  /// False: the client is gone. What the socket does not take stays in `out`.
  bool flush();
  [[nodiscard]] bool flushed() const { return out.empty(); }

  /// Drops the answered request; what follows it is the next one.
  void next_request();

  const std::uint64_t id;
  const int fd;
  connection_phase phase = connection_phase::reading;
  clock::time_point since = clock::now();
  clock::time_point deadline;
  clock::time_point arrived; /// the last byte of the request at hand
  std::string in;
  std::string out;
  std::size_t request = 0; /// bytes of `in` that are the request at hand
  bool spoke = false;      /// has been answered once
  bool continued = false;  /// has been asked for the body
  bool streaming = false;  /// a worker writes as it goes
  bool close_after = false;
  bool gone = false; /// the client, or it does not take a stream

private:
  // For a stream, which has its own thread. False: the client is gone, or has
  // not taken everything in time.
  bool flush_waiting();

  const std::chrono::milliseconds write_wait_;
  const std::atomic<bool>& stopping_;
  std::size_t read_ = 0; // of the request, what has been read
  std::size_t sent_ = 0; // of `out`, what the socket has taken
};

} // namespace fairlead::http
