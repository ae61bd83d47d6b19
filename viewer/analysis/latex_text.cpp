// SPDX-License-Identifier: Apache-2.0
#include "viewer/analysis/latex_text.h"

namespace tulkki {

std::string latex_text(std::string_view words) {
  std::string text;
  for (const char letter : words) {
    switch (letter) {
      case '\\':
        text += "\\textbackslash{}";
        break;
      case '~':
        text += "\\textasciitilde{}";
        break;
      case '^':
        text += "\\textasciicircum{}";
        break;
      case '<':
        text += "\\textless{}";
        break;
      case '>':
        text += "\\textgreater{}";
        break;
      case '|':
        text += "\\textbar{}";
        break;
      case '\n':
        text += ' ';
        break;
      case '&':
      case '%':
      case '$':
      case '#':
      case '_':
      case '{':
      case '}':
        text += '\\';
        [[fallthrough]];
      default:
        text += static_cast<unsigned char>(letter) < 0x20 || letter == 0x7f ? '?' : letter;
    }
  }
  return text;
}

}  // namespace tulkki
