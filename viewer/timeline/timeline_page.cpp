// SPDX-License-Identifier: GPL-3.0-or-later
// Opening of traces, state and details. The bar and the search are in timeline_page_bar.cpp.
#include "viewer/timeline/timeline_page.h"

#include <QComboBox>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QProgressBar>
#include <QPushButton>
#include <QSplitter>
#include <QTableWidget>
#include <QVBoxLayout>
#include <algorithm>
#include <cmath>

#include "viewer/timeline/call_details.h"
#include "viewer/timeline/procedure_colors.h"
#include "viewer/timeline/time_axis.h"
#include "viewer/timeline/timeline_export.h"
#include "viewer/timeline/trace_loader.h"

namespace tulkki::timeline {

TimelinePage::TimelinePage(QWidget* parent) : QWidget(parent) {
  qRegisterMetaType<std::shared_ptr<const trace::TraceStore>>();
  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(6, 6, 6, 6);
  view_ = new TimelineView;
  layout->addWidget(make_bar());
  message_ = new QLabel;
  message_->setWordWrap(true);
  message_->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
  message_->hide();
  layout->addWidget(message_);
  details_ = new QTableWidget(0, 2);
  details_->setAccessibleName(tr("Selected call"));
  details_->horizontalHeader()->hide();
  details_->verticalHeader()->hide();
  details_->horizontalHeader()->setStretchLastSection(true);
  details_->setEditTriggers(QAbstractItemView::NoEditTriggers);
  details_->setSelectionBehavior(QAbstractItemView::SelectRows);
  details_->setTabKeyNavigation(false);
  details_->setWordWrap(true);
  auto* splitter = new QSplitter(Qt::Vertical);
  splitter->addWidget(view_);
  splitter->addWidget(details_);
  splitter->setStretchFactor(0, 1);
  splitter->setSizes({560, 150});
  splitter->setChildrenCollapsible(false);
  layout->addWidget(splitter, 1);
  status_ = new QLabel(tr("Point at a call to see what it is; click it for all details."));
  status_->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);  // a long name must not widen the window
  auto* bottom = new QHBoxLayout;
  bottom->addWidget(status_, 1);
  bottom->addWidget(make_legend());
  layout->addLayout(bottom);
  connect(view_, &TimelineView::hovered, this,
          [this](const QString& text) { status_->setText(text.isEmpty() ? " " : text); });
  connect(view_, &TimelineView::selection_changed, this, &TimelinePage::show_details);
  connect(view_, &TimelineView::area_changed, this, &TimelinePage::show_area);
  connect(view_, &TimelineView::search_wanted, search_, [this] { search_->setFocus(); });
  show_details();
}

QLabel* TimelinePage::make_legend() {
  QString text;
  for (const auto& [name, color] : color_families()) {
    text += QStringLiteral("<span style='color:%1'>■</span>&nbsp;%2&ensp; ").arg(QColor(color).name(), tr(name));
  }
  auto* legend = new QLabel(text);
  legend->setTextFormat(Qt::RichText);
  legend->setAccessibleName(tr("Colours: blue sends, light blue receives, orange waits, green collectives, purple one-sided, vermilion files, grey start and end"));
  return legend;
}

TimelinePage::~TimelinePage() {
  end_search();
  entries_.clear();
}

std::unique_ptr<TimelinePage::Entry> TimelinePage::make_entry(const Source& source) {
  auto entry = std::make_unique<Entry>();
  Entry* at = entry.get();
  at->source = source;
  at->loader = std::make_unique<TraceLoader>(source.archive);
  connect(at->loader.get(), &TraceLoader::progress, this, [this, at](double fraction, const QString& phase) {
    at->fraction = fraction;
    at->phase = phase;
    refresh_state();
  });
  connect(at->loader.get(), &TraceLoader::store_changed, this, [this, at](const auto& store) {
    at->store = store;
    refresh_runs();
  });
  connect(at->loader.get(), &TraceLoader::finished, this, [this, at](const QString& error) {
    at->done = true;
    at->error = error;
    refresh_state();
  });
  return entry;
}

void TimelinePage::set_sources(const std::vector<Source>& sources) {
  std::vector<std::unique_ptr<Entry>> kept;
  for (const Source& source : sources) {
    const auto same = std::find_if(entries_.begin(), entries_.end(),
                                   [&](const auto& entry) { return entry != nullptr && entry->source == source; });
    if (same != entries_.end()) {
      kept.push_back(std::move(*same));
      continue;
    }
    kept.push_back(make_entry(source));
  }
  std::swap(entries_, kept);
  kept.clear();  // those that are not wanted any more are cancelled and waited for here
  start_new();
}

void TimelinePage::start_new() {
  refresh_runs();
  for (const auto& entry : entries_) {
    if (!entry->done && entry->fraction == 0 && entry->phase.isEmpty()) {
      entry->phase = tr("opening");
      entry->loader->start();
    }
  }
  refresh_state();
}

void TimelinePage::cancel() {
  if (searching_) return cancel_search();
  for (const auto& entry : entries_) {
    entry->cancelled = entry->cancelled || !entry->done;
    entry->loader->cancel();
  }
}

void TimelinePage::open_again() {
  for (auto& entry : entries_) {
    if (entry->cancelled && entry->done) entry = make_entry(Source(entry->source));
  }
  start_new();
}

bool TimelinePage::loading() const {
  return std::any_of(entries_.begin(), entries_.end(), [](const auto& entry) { return !entry->done; });
}

QString TimelinePage::message() const { return message_->isHidden() ? QString() : message_->text(); }

void TimelinePage::refresh_runs() {
  std::vector<Run> runs;
  for (const auto& entry : entries_)
    runs.push_back({entry->source.label.toStdString(), entry->store});
  view_->set_runs(std::move(runs));
}

void TimelinePage::refresh_state() {
  double fraction = 0;
  QString phase;
  QStringList messages;
  for (const auto& entry : entries_) {
    fraction += (entry->done ? 1 : entry->fraction) / static_cast<double>(entries_.size());
    if (!entry->done && phase.isEmpty()) phase = entry->source.label + ": " + entry->phase;
    if (!entry->error.isEmpty()) messages += entry->error;
    if (entry->done && entry->store != nullptr) {
      for (const std::string& note : entry->store->definitions().notes)
        messages += tr("Note: ") + QString::fromStdString(note);
    }
  }
  if (entries_.empty())
    messages += tr("No chosen run has a trace. Record one with \"tulkki run --trace\", or open an OTF2 archive.");
  progress_->setVisible(loading());
  cancel_->setVisible(loading() || searching_);
  const auto can_be_opened_again = [](const auto& entry) { return entry->cancelled && entry->done && !entry->error.isEmpty(); };
  again_->setVisible(!loading() && std::any_of(entries_.begin(), entries_.end(), can_be_opened_again));
  progress_->setValue(static_cast<int>(std::lround(fraction * 1000)));
  progress_->setFormat(phase + " (%p %)");
  if (messages.size() > 6) {
    const auto more = messages.size() - 6;
    messages = messages.mid(0, 6) + QStringList(tr("... and %1 more").arg(more));
  }
  message_->setText(messages.join('\n'));
  message_->setVisible(!messages.isEmpty());
}

void TimelinePage::fill_details(const std::vector<std::pair<std::string, std::string>>& rows) {
  details_->setRowCount(static_cast<int>(rows.size()));
  for (int n = 0; n < details_->rowCount(); ++n) {
    const auto& [name, value] = rows[static_cast<std::size_t>(n)];
    details_->setItem(n, 0, new QTableWidgetItem(QString::fromStdString(name)));
    details_->setItem(n, 1, new QTableWidgetItem(QString::fromStdString(value)));
  }
  details_->resizeColumnToContents(0);
  details_->resizeRowsToContents();
}

Result<void> TimelinePage::export_picture(const QString& path) const {
  const std::unique_ptr<QLabel> legend(make_legend());
  legend->setPalette(palette());
  return export_view(*view_, *legend, path);
}

QString TimelinePage::details_as_tsv() const {
  QString text;
  for (int row = 0; row < details_->rowCount(); ++row) text += details_->item(row, 0)->text() + '\t' + details_->item(row, 1)->text() + '\n';
  return text;
}

void TimelinePage::show_details() {
  const Place place = view_->selected();
  if (!place.valid() || place.run >= view_->model().runs().size() ||
      view_->model().runs()[place.run].store == nullptr) {
    return fill_details({{"No call selected", "click a call, or press . for the first one in view"}});
  }
  const trace::TraceStore& store = *view_->model().runs()[place.run].store;
  const double origin = view_->model().mode() == AxisMode::step ? static_cast<double>(store.definitions().first_ns)
                                                                : view_->model().origin(place.run);
  fill_details(call_details(store, place.call, origin));
  const trace::Call call = store.call(place.call);
  emit call_selected(QString::fromStdString(store.definitions().procedures[call.procedure].name),
                     static_cast<int>(store.definitions().locations[place.call.location].rank));
}

// Sums over what was dragged over.
void TimelinePage::show_area() {
  const std::optional<Area> area = view_->area();
  if (!area) return show_details();
  std::vector<std::pair<std::string, std::string>> rows;
  const TimelineModel& model = view_->model();
  const bool steps = model.mode() == AxisMode::step;
  rows.emplace_back("Area", steps ? count_text(static_cast<std::uint64_t>(area->end - area->begin)) + " calls wide"
                                  : time_text(area->end - area->begin, 6) + ", from " + time_text(area->begin, 7) +
                                        " to " + time_text(area->end, 7));
  std::uint64_t calls = 0;
  std::size_t count = 0;
  for (const Row& row : model.rows()) {
    if (row.header || row.y + row.height <= area->top || row.y >= area->bottom) continue;
    const trace::TraceStore& store = *model.runs()[row.run].store;
    const std::uint32_t first = row.grouped ? store.groups()[row.index].first_location : row.index;
    const std::uint32_t last = row.grouped ? store.groups()[row.index].last_location : row.index + 1;
    const double origin = model.origin(row.run);
    calls += trace::calls_in(store, first, last, {area->begin + origin, area->end + origin, steps});
    count += last - first;
  }
  rows.emplace_back("Ranks and threads", count_text(count));
  rows.emplace_back("Calls that begin there", count_text(calls));
  rows.emplace_back("F, Enter or a double click", "zoom to the area; Backspace goes back");
  fill_details(rows);
}

}  // namespace tulkki::timeline
