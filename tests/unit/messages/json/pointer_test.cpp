// Names as steps of a JSON pointer (RFC 6901), there and back.

#include "messages/json/pointer.hpp"

#include <gtest/gtest.h>

namespace fairlead::test {
namespace {

TEST(JsonPointer, AStepIsEscapedAndReadBack) {
  struct row {
    const char* name;
    const char* step;
  };
  for (auto [name, step] :
       {row{"", ""}, row{"hot; very", "hot; very"}, row{"a/b", "a~1b"},
        row{"m~n", "m~0n"}, row{"~1", "~01"}, row{"/~", "~1~0"}}) {
    EXPECT_EQ(json::pointer_step(name), step);
    EXPECT_EQ(json::name_of_step(step), name);
  }
}

} // namespace
} // namespace fairlead::test
