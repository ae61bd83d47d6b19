// SPDX-License-Identifier: GPL-3.0-or-later
// The tool bar of the page, and the search.
#include <QCheckBox>
#include <QComboBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QPointer>
#include <QProgressBar>
#include <QPushButton>
#include <QToolButton>

#include "viewer/timeline/time_axis.h"
#include "viewer/timeline/timeline_page.h"
#include "viewer/timeline/trace_loader.h"
#include "viewer/trace/search.h"

namespace tulkki::timeline {

QWidget* TimelinePage::make_bar() {
  auto* bar = new QWidget;
  auto* layout = new QHBoxLayout(bar);
  layout->setContentsMargins(0, 0, 0, 0);
  axis_ = new QComboBox;
  axis_->addItems({tr("From the first communication"), tr("From the start"), tr("By number of call")});
  axis_->setAccessibleName(tr("Horizontal axis"));
  axis_->setToolTip(tr("Where the time axis begins"));
  layout->addWidget(axis_);
  const auto button = [&](const QString& text, const QString& tip) {
    auto* made = new QPushButton(text);
    made->setToolTip(tip);
    made->setAccessibleName(tip);
    made->setMaximumWidth(made->fontMetrics().horizontalAdvance(text) + 26);  // a style's own least width is for dialogs
    made->setMinimumWidth(made->maximumWidth());
    layout->addWidget(made);
    return made;
  };
  connect(button(tr("Fit"), tr("Show everything, or the marked area (F)")), &QPushButton::clicked, view_,
          &TimelineView::fit);
  connect(button(tr("Back"), tr("Back to the previous view (Backspace)")), &QPushButton::clicked, view_,
          &TimelineView::back);
  auto* messages = new QCheckBox(tr("Messages"));
  messages->setToolTip(tr("Show messages as lines (M)"));
  messages->setAccessibleName(messages->toolTip());
  messages->setChecked(true);
  layout->addWidget(messages);
  connect(messages, &QCheckBox::toggled, view_, &TimelineView::set_show_messages);
  connect(view_, &TimelineView::view_changed, messages, [this, messages] {
    const QSignalBlocker blocker(messages);
    messages->setChecked(view_->show_messages());
  });
  search_ = new QLineEdit;
  search_->setPlaceholderText(tr("procedure = MPI_Wait and duration > p99"));
  search_->setAccessibleName(tr("Search for calls"));
  search_->setClearButtonEnabled(true);
  layout->addWidget(search_, 1);
  previous_ = button(tr("<"), tr("Previous hit (Shift+Enter)"));
  next_ = button(tr(">"), tr("Next hit (Enter)"));
  answer_ = new QLabel;
  layout->addWidget(answer_);
  progress_ = new QProgressBar;
  progress_->setRange(0, 1000);
  progress_->setMinimumWidth(160);
  layout->addWidget(progress_);
  cancel_ = button(tr("Cancel"), tr("Stop searching, or opening the trace"));
  progress_->hide();
  cancel_->hide();
  again_ = button(tr("Open again"), tr("Open the trace that was cancelled"));
  again_->hide();
  connect(cancel_, &QPushButton::clicked, this, &TimelinePage::cancel);
  connect(again_, &QPushButton::clicked, this, &TimelinePage::open_again);
  connect(axis_, &QComboBox::currentIndexChanged, this, [this](int index) {
    view_->set_mode(index == 0 ? AxisMode::first_communication : index == 1 ? AxisMode::wall_clock : AxisMode::step);
    show_details();
  });
  connect(search_, &QLineEdit::returnPressed, this, [this] { run_search(true, true); });
  connect(search_, &QLineEdit::textEdited, this, [this] { answer_->clear(); });
  connect(next_, &QPushButton::clicked, this, [this] { run_search(true, true); });
  connect(previous_, &QPushButton::clicked, this, [this] { run_search(false, true); });
  return bar;
}

void TimelinePage::end_search() {
  search_cancel_->store(true);
  if (searcher_.joinable()) searcher_.join();
}

void TimelinePage::cancel_search() {
  end_search();
  ++search_number_;
  searching_ = false;
  answer_->setText(tr("cancelled"));
  refresh_state();
}

void TimelinePage::search(const QString& text) {
  search_->setText(text);
  run_search(true, true);
}

QString TimelinePage::search_answer() const { return answer_->text(); }

// Counts the hits in the run of the selected call (else the first) and goes to the next one, on a thread of its own.
void TimelinePage::run_search(bool forward, bool walk) {
  end_search();
  const std::uint64_t number = ++search_number_;
  const auto parsed = trace::Search::parse(search_->text().toStdString());
  if (!parsed) {
    view_->set_marks(0, {});
    answer_->setText(QString::fromStdString(parsed.message()));
    answer_->setToolTip(answer_->text());
    return;
  }
  const std::vector<Run>& runs = view_->model().runs();
  const std::size_t run = view_->selected().valid() ? view_->selected().run : 0;
  if (run >= runs.size() || runs[run].store == nullptr) {
    answer_->setText(tr("there is no trace to search"));
    return;
  }
  answer_->setText(tr("searching ..."));
  searching_ = true;
  refresh_state();
  search_cancel_ = std::make_shared<std::atomic<bool>>(false);
  searcher_ = std::thread([this, self = QPointer<TimelinePage>(this), store = runs[run].store, cancel = search_cancel_,
                           from = view_->selected().call, text = search_->text().toStdString(), forward, walk, number,
                           run] {
    const auto search = trace::Search::parse(text);
    auto hits = std::make_shared<trace::Search::Hits>(search->run(*store, 10'000, cancel.get()));
    const trace::CallRef next = walk ? search->next(*store, from, forward, cancel.get()) : trace::CallRef{};
    if (cancel->load()) return;
    QMetaObject::invokeMethod(
        this,
        [this, self, hits, next, number, run] {
          if (self.isNull() || number != search_number_) return;
          searching_ = false;
          refresh_state();
          const double time = static_cast<double>(hits->time_ns);
          answer_->setText(hits->count == 0
                               ? tr("no call matches")
                               : QString::fromStdString(count_text(hits->count) +
                                                        (hits->count == 1 ? " call, " : " calls, ") + time_text(time)));
          answer_->setToolTip(hits->count > hits->calls.size() ? tr("the first %1 are marked").arg(hits->calls.size())
                                                               : QString());
          view_->set_marks(run, hits->calls);
          if (next.valid()) view_->select({run, next}, true);
        },
        Qt::QueuedConnection);
  });
}

}  // namespace tulkki::timeline
