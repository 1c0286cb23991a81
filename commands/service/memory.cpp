#include "commands/service/memory.hpp"

#include <malloc.h>

// The program is linked with mimalloc, tests and sanitizers are not.
extern "C" [[gnu::weak]] void mi_collect(bool force);

namespace fairlead {

void give_memory_back() {
  if (mi_collect != nullptr)
    mi_collect(true);
  else
    malloc_trim(0);
}

} // namespace fairlead
