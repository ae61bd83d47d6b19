// SPDX-License-Identifier: GPL-3.0-or-later
// Content arrives from the worker; until then the old one stays, so that nothing flickers while a run is followed.
#include "viewer/pages/content_page.h"

#include <QHideEvent>
#include <QVBoxLayout>
#include <algorithm>

namespace tulkki {
namespace {

struct PageAnswer {
  Result<PageContent> content = Error{""};
  SeriesLooks looks;
};

int next_number() {
  static int number = 0;
  return number++;
}

QString opening_message(const Session& session) {
  if (session.paths().isEmpty()) {
    return QObject::tr("Nothing is open.\n\nOpen a database with Ctrl+O, drop one here, or record one:\n"
                       "tulkki run -n 2 ./program");
  }
  QStringList problems;
  if (!session.study().sources.empty() && session.study().sources.front().is_trace) {
    problems << QObject::tr("Only traces are open: key 6 shows their timeline.");
  }
  for (const Source& source : session.study().sources) {
    if (!source.problem.empty()) problems << QString::fromStdString(source.problem);
  }
  return problems.join("\n\n");
}

}  // namespace

void fill_box(QComboBox& box, const QStringList& texts, const QString& current) {
  const QSignalBlocker quiet(&box);
  QStringList now;
  for (int i = 0; i < box.count(); ++i) now << box.itemText(i);
  if (now != texts) {
    box.clear();
    box.addItems(texts);
  }
  box.setCurrentIndex(std::max(0, static_cast<int>(texts.indexOf(current))));
}

QStringList to_strings(const std::vector<std::string>& texts) {
  QStringList strings;
  for (const std::string& text : texts) strings << QString::fromStdString(text);
  return strings;
}

ContentPage::ContentPage(Session& session, std::string name, PageFunction* content, QWidget* parent)
    : QWidget(parent), session_(session), name_(std::move(name)), function_(content), number_(next_number()) {
  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(8, 6, 8, 6);
  layout->setSpacing(4);
  controls_ = new QWidget(this);
  control_layout_ = new QHBoxLayout(controls_);
  control_layout_->setContentsMargins(0, 0, 0, 0);
  control_layout_->addStretch(1);
  controls_->hide();
  headline_ = new QLabel(this);
  headline_->setWordWrap(true);
  headline_->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
  QFont large = font();
  large.setPixelSize(large.pixelSize() > 0 ? large.pixelSize() + 2 : 15);
  large.setBold(true);
  headline_->setFont(large);
  headline_->hide();
  warnings_ = new QLabel(this);
  warnings_->setWordWrap(true);
  warnings_->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
  warnings_->hide();
  splitter_ = new QSplitter(Qt::Vertical, this);
  splitter_->setChildrenCollapsible(false);
  plot_splitter_ = new QSplitter(Qt::Horizontal);
  plot_splitter_->setChildrenCollapsible(false);
  table_splitter_ = new QSplitter(Qt::Horizontal);
  tabs_ = new QTabWidget;
  tabs_->setDocumentMode(true);
  table_splitter_->addWidget(tabs_);
  notice_ = new ReadingNotice;
  splitter_->addWidget(notice_);
  splitter_->addWidget(plot_splitter_);
  splitter_->addWidget(table_splitter_);
  splitter_->setStretchFactor(0, 3);
  splitter_->setStretchFactor(1, 3);
  splitter_->setStretchFactor(2, 2);
  message_ = new QLabel(this);
  message_->setAlignment(Qt::AlignCenter);
  message_->setWordWrap(true);
  message_->setMargin(40);
  message_->setTextInteractionFlags(Qt::TextSelectableByMouse);
  message_->hide();
  reading_ = new ReadingBar(this);
  auto* top = new QHBoxLayout;
  top->addWidget(controls_, 1);
  top->addStretch();
  top->addWidget(reading_);
  layout->addLayout(top);
  layout->addWidget(headline_);
  layout->addWidget(warnings_);
  layout->addWidget(splitter_, 1);
  layout->addWidget(message_, 1);
  connect(&session, &Session::study_changed, this, &ContentPage::study_changed);
  connect(&session, &Session::state_changed, this, &ContentPage::choices_changed);
  connect(&session, &Session::progressed, this, [this](int number, double fraction, const QString& phase) {
    if (number == number_ && waiting_) show_progress(fraction, phase);
  });
  connect(reading_, &ReadingBar::cancelled, this, &ContentPage::cancel_reading);
  connect(notice_, &ReadingNotice::read_again, this, [this] {
    content_.cancelled = false;
    content_.message.clear();
    notice_->show_reading();
    refresh();
  });
}

void ContentPage::choices_changed() {
  stale_ = true;
  if (isVisible()) refresh();
  else session_.cancel(number_);
}

void ContentPage::study_changed() {
  // A file that grows must not start again what the user has stopped.
  if (content_.cancelled && !stale_ && asked_paths_ == session_.paths() && !session_.study().runs.empty()) return;
  choices_changed();
}

void ContentPage::showEvent(QShowEvent* event) {
  QWidget::showEvent(event);
  if (stale_) refresh();
}

// The worker is one for all pages: nobody waits for what is not looked at. What was read of it so far is kept.
void ContentPage::hideEvent(QHideEvent* event) {
  QWidget::hideEvent(event);
  if (!event->spontaneous() && waiting_) session_.cancel(number_);
}

bool ContentPage::cancel_reading() {
  if (!waiting_ || reading_->isHidden()) return false;
  cancelled_by_user_ = true;
  reading_->show_stopping();
  session_.cancel(number_);
  return true;
}

// Controls can be used while nothing is there yet to fill them with.
void ContentPage::fill_controls_early() {
  const Result<SeriesChoice> choice = choose_series(chosen_runs(session_.study(), session_.state()), session_.state());
  if (!choice) return;
  for (const Series& series : choice->series) content_.series.push_back(series.name);
  content_shown();
}

void ContentPage::show_progress(double fraction, const QString& phase) {
  if (cancelled_by_user_) return;
  reading_->show_progress(fraction, phase);
  const bool empty = content_.figures.empty() && content_.tables.empty() && content_.message.empty();
  if (!empty && !content_.cancelled) return;
  if (content_.series.empty()) fill_controls_early();
  message_->hide();
  plot_splitter_->hide();
  table_splitter_->setVisible(!content_.tables.empty());
  splitter_->show();
  notice_->show_reading();
}

QLabel* ContentPage::add_control(const QString& label, QWidget* widget) {
  auto* text = new QLabel(label, controls_);
  text->setBuddy(widget);
  widget->setAccessibleName(QString(label).remove('&'));
  control_layout_->insertWidget(control_layout_->count() - 1, text);
  control_layout_->insertWidget(control_layout_->count() - 1, widget);
  control_layout_->insertSpacing(control_layout_->count() - 1, 10);
  controls_->show();
  return text;
}

void ContentPage::add_below_tables(QWidget* widget) { table_splitter_->addWidget(widget); }

void ContentPage::show_table(const std::string& name) {
  for (DataTable* table : tables_) {
    const int place = tabs_->indexOf(table);
    if (table->table().name == name && tabs_->isTabVisible(place)) tabs_->setCurrentIndex(place);
  }
}

void ContentPage::refresh() {
  if (session_.is_loading()) return;
  stale_ = false;
  if (session_.study().runs.empty()) {
    show_problem(opening_message(session_));
    return;
  }
  waiting_ = true;
  cancelled_by_user_ = false;
  asked_paths_ = session_.paths();
  session_.ask(
      number_,
      [request = session_.request(), function = function_](const Work& work) mutable {
        request.work = work;
        auto answer = std::make_shared<PageAnswer>();
        try {
          answer->content = function(request);
        } catch (const std::exception& error) {  // out of memory, or a file that says what cannot be
          answer->content = Error{std::string("This page cannot be shown: ") + error.what() + ". Is a database damaged?"};
        }
        answer->looks = request.looks;
        return std::static_pointer_cast<void>(answer);
      },
      [this](const Session::Answer& given) {
        waiting_ = false;
        const auto answer = std::static_pointer_cast<PageAnswer>(given);
        for (const auto& [series, look] : answer->looks.all()) session_.looks().look_of(series);
        reading_->hide();
        if (answer->content) take(std::move(*answer->content));
        else show_problem(QString::fromStdString(answer->content.message()));
        emit updated();
      });
}

void ContentPage::take(PageContent content) {
  if (content.cancelled && !cancelled_by_user_) {  // overtaken by what is wanted now
    stale_ = true;
    if (isVisible()) refresh();
    return;
  }
  const bool cancelled = content.cancelled;
  show_content(std::move(content));
  if (cancelled) notice_->setFocus();  // Enter reads again
}

void ContentPage::show_problem(const QString& text) {
  content_ = PageContent{};
  reading_->hide();
  notice_->hide();
  splitter_->hide();
  headline_->hide();
  warnings_->hide();
  message_->setText(text);
  message_->show();
  emit updated();
}

void ContentPage::show_content(PageContent content) {
  content_ = std::move(content);
  message_->hide();
  splitter_->show();
  headline_->setText(QString::fromStdString(content_.headline));
  headline_->setVisible(!content_.headline.empty());
  if (content_.cancelled) notice_->show_cancelled(QString::fromStdString(content_.message));
  else notice_->hide();
  show_plots();
  show_tables();
  show_warnings();
  content_shown();
}

void ContentPage::show_plots() {
  const bool message = !content_.message.empty() && !content_.cancelled;
  const std::size_t wanted = message ? std::max<std::size_t>(1, content_.figures.size()) : content_.figures.size();
  while (static_cast<std::size_t>(plots_.size()) < wanted) {
    auto* plot = new plot::PlotWidget;
    const auto number = static_cast<std::size_t>(plots_.size());
    connect(plot, &plot::PlotWidget::place_clicked, this, [this, number](const plot::Place& place) { place_clicked(number, place); });
    connect(plot, &plot::PlotWidget::place_hovered, this, [this](QString text) { emit status(text.replace('\n', "   ")); });
    plot_splitter_->addWidget(plot);
    plots_ << plot;
  }
  plot_splitter_->setVisible(wanted > 0);
  for (qsizetype i = 0; i < plots_.size(); ++i) {
    const auto number = static_cast<std::size_t>(i);
    plots_[i]->setVisible(number < wanted);
    if (number == 0 && message) plots_[i]->show_message(QString::fromStdString(content_.message));
    else if (number < content_.figures.size()) plots_[i]->show_figure(content_.figures[number]);
  }
  if (!sized_ && wanted > 0) {
    sized_ = true;
    const int high = splitter_->height() * 3 / 5;
    splitter_->setSizes({high, high, splitter_->height() * 2 / 5});
  }
}

void ContentPage::show_tables() {
  while (static_cast<std::size_t>(tables_.size()) < content_.tables.size()) {
    auto* table = new DataTable;
    connect(table, &DataTable::row_chosen, this, [this, table](const QString& key) { row_chosen(table->table().name, key); });
    tables_ << table;
    tabs_->addTab(table, QString());
  }
  for (qsizetype i = 0; i < tables_.size(); ++i) {
    const auto number = static_cast<std::size_t>(i);
    const bool there = number < content_.tables.size();
    tabs_->setTabVisible(static_cast<int>(i), there);
    if (!there) continue;
    tables_[i]->show_table(content_.tables[number]);
    tables_[i]->set_search(search_);
    tabs_->setTabText(static_cast<int>(i), QString::fromStdString(content_.tables[number].title));
  }
  tabs_->tabBar()->setVisible(content_.tables.size() > 1);
  table_splitter_->setVisible(!content_.tables.empty() || !content_.cancelled);
}

void ContentPage::show_warnings() {
  QStringList lines;
  for (const std::string& warning : content_.warnings) lines << QStringLiteral("⚠ ") + QString::fromStdString(warning);
  lines.removeDuplicates();
  constexpr qsizetype kShownLines = 3;
  warnings_->setToolTip(lines.join('\n'));
  constexpr qsizetype kLongestLine = 170;
  for (QString& line : lines) {
    if (line.size() > kLongestLine) line = line.left(kLongestLine) + QStringLiteral(" …");
  }
  if (lines.size() > kShownLines) lines = lines.mid(0, kShownLines) << tr("… %1 more").arg(lines.size() - kShownLines);
  warnings_->setText(lines.join('\n'));
  warnings_->setVisible(!lines.isEmpty());
}

DataTable* ContentPage::current_table() const { return qobject_cast<DataTable*>(tabs_->currentWidget()); }

void ContentPage::set_search(const QString& text) {
  search_ = text;
  for (DataTable* table : tables_) table->set_search(text);
}

plot::FigureSpec ContentPage::figure_for_export(std::size_t number) const {
  if (number >= content_.figures.size()) return {};
  plot::FigureSpec figure = content_.figures[number];
  figure.query = query_of(name_, number, session_.study(), session_.state());
  return figure;
}

void ContentPage::row_chosen(const std::string&, const QString& key) {
  if (!key.startsWith("MPI_")) return;
  session_.change([&](ViewState& state) { state.procedure = key.toStdString(); });
}

void ContentPage::place_clicked(std::size_t, const plot::Place&) {}

}  // namespace tulkki
