#include "actors/core/owner/tasks.hpp"

#include <string>

namespace fairlead {

void cancel_task(step& s, visited_lead& lead, const open_task& t,
                 task_cancel_reason why) {
  auto id = t.task_id;
  s.emit(lead.id(), task_cancelled{.task_id = id, .reason = why});
  s.next(to_call(t.call_id, task_called_off{id}));
  lead.change(task_ended{id});
}

} // namespace fairlead
