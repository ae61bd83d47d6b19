// SPDX-License-Identifier: GPL-3.0-or-later
#include "viewer/timeline/procedure_colors.h"

#include <QColor>
#include <algorithm>
#include <array>
#include <cstdint>
#include <string>

namespace tulkki::timeline {

namespace {

struct Family {
  const char* piece;  // of the name, in lower case; the first that fits counts
  QRgb color;
};
constexpr QRgb kSend = 0xFF0072B2, kReceive = 0xFF56B4E9, kWait = 0xFFE69F00, kCollective = 0xFF009E73,
               kOneSided = 0xFFCC79A7, kFile = 0xFFD55E00, kStart = 0xFF8C8C8C, kOther = 0xFF9A8FB5;
constexpr std::array<Family, 26> kFamilies = {
    {{"init", kStart},         {"finalize", kStart},      {"wait", kWait},         {"test", kWait},
     {"probe", kWait},         {"win_", kOneSided},       {"put", kOneSided},      {"accumulate", kOneSided},
     {"fetch", kOneSided},     {"compare", kOneSided},    {"file_", kFile},        {"register", kOther},
     {"sendrecv", kSend},      {"recv", kReceive},        {"send", kSend},         {"start", kSend},
     {"barrier", kCollective}, {"bcast", kCollective},    {"reduce", kCollective}, {"gather", kCollective},
     {"scatter", kCollective}, {"alltoall", kCollective}, {"scan", kCollective},   {"neighbor", kCollective},
     {"mpi_get_", kOther},     {"mpi_get", kOneSided}}};

std::uint32_t hash_of(std::string_view name) {
  std::uint32_t hash = 2166136261u;
  for (const char at : name)
    hash = (hash ^ static_cast<unsigned char>(at)) * 16777619u;
  return hash ^ hash >> 15;
}

}  // namespace

std::vector<std::pair<const char*, QRgb>> color_families() {
  return {{"send", kSend},           {"receive", kReceive}, {"wait, test", kWait},     {"collective", kCollective},
          {"one-sided", kOneSided}, {"file", kFile},       {"start, end", kStart}};
}

QRgb procedure_color(std::string_view name, bool mpi, bool dark) {
  const std::uint32_t hash = hash_of(name);
  if (!mpi) {
    const int grey = dark ? 74 + static_cast<int>(hash % 24) : 205 + static_cast<int>(hash % 24);
    return qRgb(grey, grey, std::min(255, grey + 6));
  }
  std::string lower(name);
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](unsigned char at) { return static_cast<char>(std::tolower(at)); });
  const auto found = std::find_if(kFamilies.begin(), kFamilies.end(),
                                  [&](const Family& family) { return lower.find(family.piece) != std::string::npos; });
  const QColor base = QColor::fromRgb(found == kFamilies.end() ? kOther : found->color);
  const float shade = static_cast<float>(static_cast<int>(hash % 9) - 4) * 0.022F;
  const float hue = static_cast<float>(static_cast<int>(hash / 9 % 7) - 3) * 0.007F;
  float h = 0, s = 0, l = 0;
  base.getHslF(&h, &s, &l);
  if (h < 0) h = 0;
  h += hue;
  if (h < 0) h += 1;
  if (h > 1) h -= 1;
  return QColor::fromHslF(h, s, std::clamp(l + shade + (dark ? 0.04F : 0.0F), 0.15F, 0.85F)).rgb();
}

std::vector<QRgb> procedure_colors(const trace::Definitions& model, bool dark) {
  std::vector<QRgb> colors;
  colors.reserve(model.procedures.size());
  for (const trace::Procedure& procedure : model.procedures)
    colors.push_back(procedure_color(procedure.name, procedure.mpi, dark));
  return colors;
}

}  // namespace tulkki::timeline
