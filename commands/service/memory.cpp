#include "commands/service/memory.hpp"

#include <malloc.h>
#include <mimalloc.h>

// The program is linked with mimalloc, tests and sanitizers are not.
#pragma weak mi_collect
#pragma weak mi_option_set_default

namespace fairlead {

// Later versions purge in another way and after 10 ms; not measured there.
void keep_no_freed_memory() {
#if MI_MALLOC_VERSION < 210
  if (mi_option_set_default != nullptr)
    mi_option_set_default(mi_option_decommit_delay, 0);
#endif
}

void give_memory_back() {
  if (mi_collect != nullptr)
    mi_collect(true);
  else
    malloc_trim(0);
}

} // namespace fairlead
