// SPDX-License-Identifier: GPL-3.0-or-later
// Columns: run, wall time, every factor, outcome, date.
#include "viewer/model/run_table_model.h"

#include <algorithm>

#include "viewer/analysis/factors.h"

namespace tulkki {
namespace {

constexpr int kFirstFactor = 2;
int outcome_column() { return kFirstFactor + static_cast<int>(factor_names().size()); }
int date_column() { return outcome_column() + 1; }

QString text_of(const std::string& text) { return QString::fromStdString(text); }

}  // namespace

RunTableModel::RunTableModel(Session& session, QObject* parent) : QAbstractTableModel(parent), session_(session) {
  connect(&session, &Session::study_changed, this, &RunTableModel::rebuild);
  connect(&session, &Session::state_changed, this, &RunTableModel::rebuild);
  rebuild();
}

void RunTableModel::rebuild() {
  beginResetModel();
  series_.clear();
  if (const Result<SeriesChoice> choice = choose_series(chosen_runs(session_.study(), session_.state()), session_.state())) {
    for (const Series& series : choice->series) {
      session_.looks().look_of(series.name);
      for (const RunInfo& run : series.runs) series_[run.run_id] = series.name;
    }
  }
  endResetModel();
}

std::string RunTableModel::series_of(const RunInfo& run) const {
  const auto found = series_.find(run.run_id);
  return found == series_.end() ? "" : found->second;
}

int RunTableModel::rowCount(const QModelIndex& parent) const {
  return parent.isValid() ? 0 : static_cast<int>(session_.study().runs.size());
}

int RunTableModel::columnCount(const QModelIndex& parent) const {
  return parent.isValid() ? 0 : date_column() + 1;
}

std::string RunTableModel::factor_of(int column) {
  const int index = column - kFirstFactor;
  return index >= 0 && index < static_cast<int>(factor_names().size()) ? std::string(factor_names()[static_cast<std::size_t>(index)]) : "";
}

QVariant RunTableModel::headerData(int section, Qt::Orientation orientation, int role) const {
  if (orientation != Qt::Horizontal) return {};
  const std::string factor = factor_of(section);
  if (role == Qt::ToolTipRole && !factor.empty()) return tr("Drag into Series, Panels or X");
  if (role != Qt::DisplayRole) return {};
  if (section == kRunColumn) return tr("run");
  if (section == kWallColumn) return tr("run time");
  if (section == outcome_column()) return tr("outcome");
  if (section == date_column()) return tr("started (UTC)");
  return text_of(factor).replace('_', ' ');
}

Qt::ItemFlags RunTableModel::flags(const QModelIndex& index) const {
  const Qt::ItemFlags usual = Qt::ItemIsEnabled | Qt::ItemIsSelectable;
  return index.column() == kRunColumn ? usual | Qt::ItemIsUserCheckable : usual;
}

QVariant RunTableModel::data(const QModelIndex& index, int role) const {
  if (!index.isValid() || index.row() >= rowCount()) return {};
  const Study& study = session_.study();
  const StudyRun& run = study.runs[static_cast<std::size_t>(index.row())];
  const RunInfo& info = run.info;
  const std::string series = series_of(info);
  if (role == kRunRole) return QVariant::fromValue(static_cast<qlonglong>(info.run_id));
  if (role == kLookRole) return series.empty() ? -1 : session_.looks().look_of(series);
  if (role == Qt::ToolTipRole) return text_of(series.empty() ? "in no series" : series) + "\n" + text_of(study.path_of(run));
  if (index.column() == kRunColumn && role == Qt::CheckStateRole) {
    const auto& hidden = session_.state().hidden_runs;
    return std::find(hidden.begin(), hidden.end(), info.run_id) == hidden.end() ? Qt::Checked : Qt::Unchecked;
  }
  const bool sorting = role == kSortRole;
  if (role != Qt::DisplayRole && !sorting) return {};
  const int column = index.column();
  if (column == kRunColumn) return sorting ? QVariant(static_cast<qlonglong>(info.run_id)) : QVariant(text_of(study.number_of(run)));
  if (column == kWallColumn && sorting) return static_cast<qlonglong>(info.wall_ns);
  if (column == kWallColumn) return text_of(cell_text(info.wall_ns, Written::duration));
  if (column == outcome_column()) return text_of(info.outcome) + (info.exit_code.value_or(0) != 0 ? tr(", exit %1").arg(*info.exit_code) : QString());
  if (column == date_column()) return text_of(info.started_at).left(19).replace('T', ' ');
  const std::string factor = factor_of(index.column());
  const QString text = text_of(factor_value(info, factor).value_or(""));
  if (sorting && (factor == "ranks" || factor == "nodes" || factor == "repetition")) return text.toLongLong();
  return text;
}

bool RunTableModel::setData(const QModelIndex& index, const QVariant& value, int role) {
  if (role != Qt::CheckStateRole || index.column() != kRunColumn) return false;
  const std::int64_t run = session_.study().runs[static_cast<std::size_t>(index.row())].info.run_id;
  session_.change([&](ViewState& state) {
    std::erase(state.hidden_runs, run);
    if (value.toInt() == Qt::Unchecked) state.hidden_runs.push_back(run);
  });
  return true;
}

}  // namespace tulkki
