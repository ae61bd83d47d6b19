// SPDX-License-Identifier: GPL-3.0-or-later
// Opening a trace for the first time reads all of it in the background: nothing is opened before the page is looked at.
#include "viewer/timeline/timeline_page.h"

#include <QVBoxLayout>
#include <algorithm>

#include "viewer/pages/timeline_page.h"

namespace tulkki {
namespace {

using Sources = std::vector<timeline::TimelinePage::Source>;

Sources sources_of(const Session& session) {
  const Study& study = session.study();
  Sources sources;
  for (const Source& file : study.sources) {
    if (file.is_trace && file.problem.empty()) sources.push_back({QString::fromStdString(file.path), QString::fromStdString(file.path)});
  }
  const Result<SeriesChoice> choice = choose_series(chosen_runs(study, session.state()), session.state());
  if (!choice) return sources;
  std::vector<Series> shown{choice->series.front()};
  for (std::size_t i = 1; i < choice->series.size(); ++i) {
    const Series& other = choice->series[i];
    if (other.name == session.state().contender) shown.resize(1);
    if (shown.size() < 2) shown.push_back(other);
  }
  for (const Series& series : shown) {
    for (const RunInfo& run : series.runs) {
      const StudyRun* found = study.find(run.run_id);
      const std::string trace = found == nullptr ? "" : study.trace_of(*found);
      if (trace.empty()) continue;
      sources.push_back({QStringLiteral("%1, run %2").arg(QString::fromStdString(series.name), QString::fromStdString(study.number_of(*found))),
                         QString::fromStdString(trace)});
      break;
    }
  }
  return sources;
}

class TimelineHost : public QWidget {
 public:
  explicit TimelineHost(Session& session) : session_(session), page_(new timeline::TimelinePage(this)) {
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(page_);
    const auto changed = [this] {
      if (isVisible()) refresh();
    };
    QObject::connect(&session, &Session::study_changed, this, changed);
    QObject::connect(&session, &Session::state_changed, this, changed);
    QObject::connect(page_, &timeline::TimelinePage::call_selected, this, [this](const QString& procedure, int) {
      session_.change([&](ViewState& state) { state.procedure = procedure.toStdString(); });
    });
  }

 protected:
  void showEvent(QShowEvent* event) override {
    QWidget::showEvent(event);
    refresh();
  }

 private:
  void refresh() { page_->set_sources(sources_of(session_)); }
  Session& session_;
  timeline::TimelinePage* page_;
};

}  // namespace

QWidget* make_timeline_page(Session& session) { return new TimelineHost(session); }

}  // namespace tulkki
