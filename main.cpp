// The program. Its commands and options: commands/command_line.

#include "commands/command_line/command_line.hpp"

int main(int argc, char** argv) {
  return fairlead::command_line(argc, argv);
}
