#include "connectors/embedded/stored_state.hpp"

#include "connectors/embedded/place_file.hpp"
#include "connectors/embedded/reading.hpp"
#include "connectors/embedded/row_sums.hpp"

namespace fairlead::embedded {

stored_state read_state(const std::string& folder) {
  require_log(folder);
  return explained(folder, [&] {
    auto known = read_place(folder); // before the log, which is never behind it
    auto db = open_reader(folder);
    db.exec("BEGIN");
    auto rows = read_log_rows(db);
    require_place(folder, known, rows.seq);
    stored_state out{
      .ends = rows.ends, .positions = rows.positions, .snapshots = {}};
    each_snapshot(db, folder,
                  [&](std::string_view key, std::string_view value) {
                    out.snapshots.emplace_back(key, value);
                  });
    db.exec("COMMIT");
    return out;
  });
}

} // namespace fairlead::embedded
