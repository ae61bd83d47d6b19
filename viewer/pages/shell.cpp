// SPDX-License-Identifier: GPL-3.0-or-later
// Pages are numbered in the order in which they are added here.
#include "viewer/pages/shell.h"

#include <QApplication>
#include <QClipboard>
#include <QDragEnterEvent>
#include <QFileDialog>
#include <QFileInfo>
#include <QMenu>
#include <QMessageBox>
#include <QMimeData>
#include <QSettings>
#include <QShortcut>
#include <QStatusBar>
#include <QVBoxLayout>

#include "viewer/pages/compare_page.h"
#include "viewer/pages/functions_page.h"
#include "viewer/pages/io_page.h"
#include "viewer/pages/matrix_page.h"
#include "viewer/pages/pairs_page.h"
#include "viewer/pages/setup_page.h"
#include "viewer/pages/sizes_page.h"
#include "viewer/pages/slots_bar.h"
#include "viewer/pages/timeline_page.h"
#include "viewer/timeline/timeline_page.h"

namespace tulkki {

Shell::Shell(Session& session, QWidget* parent) : QMainWindow(parent), session_(session) {
  setWindowTitle("Tulkki");
  setAcceptDrops(true);
  resize(1280, 800);
  auto* centre = new QWidget(this);
  auto* layout = new QVBoxLayout(centre);
  layout->setContentsMargins(0, 0, 0, 0);
  layout->setSpacing(0);
  auto* top = new QHBoxLayout;
  tabs_ = new QTabBar(centre);
  tabs_->setDrawBase(false);
  tabs_->setExpanding(false);
  tabs_->setAccessibleName(tr("Pages"));
  search_ = new QLineEdit(centre);
  search_->setPlaceholderText(tr("Search the table  ( / )"));
  search_->setClearButtonEnabled(true);
  search_->setFixedWidth(230);
  search_->setAccessibleName(tr("Search the table"));
  top->addWidget(tabs_);
  top->addStretch(1);
  top->addWidget(search_);
  top->setContentsMargins(8, 6, 8, 0);
  problem_ = new QLabel(centre);
  problem_->setWordWrap(true);
  problem_->setMargin(6);
  problem_->setTextInteractionFlags(Qt::TextSelectableByMouse);
  problem_->setAutoFillBackground(true);
  problem_->hide();
  stack_ = new QStackedWidget(centre);
  layout->addLayout(top);
  layout->addWidget(new SlotsBar(session, centre));
  layout->addWidget(problem_);
  layout->addWidget(stack_, 1);
  setCentralWidget(centre);
  runs_ = new RunsDock(session, this);
  addDockWidget(Qt::LeftDockWidgetArea, runs_);
  resizeDocks({runs_}, {330}, Qt::Horizontal);

  add_page("compare", tr("Compare"), new ComparePage(session));
  add_page("functions", tr("Functions"), new FunctionsPage(session));
  add_page("sizes", tr("Sizes"), new SizesPage(session));
  add_page("matrix", tr("Matrix"), new MatrixPage(session));
  add_page("pairs", tr("Pairs"), new PairsPage(session));
  add_page("timeline", tr("Timeline"), make_timeline_page(session));
  add_page("io", tr("I/O"), new IoPage(session));
  add_page("setup", tr("Setup"), new SetupPage(session));
  figure_ = new FigurePage;
  add_page("figure", tr("Figure"), figure_);
  connect(figure_, &FigurePage::status, this, [this](const QString& text) { statusBar()->showMessage(text, 8000); });
  connect(tabs_, &QTabBar::currentChanged, this, [this](int index) { show_page(names_.value(index)); });
  connect(search_, &QLineEdit::textChanged, this, [this](const QString& text) {
    if (ContentPage* page = content_page()) page->set_search(text);
  });
  connect(&session, &Session::study_changed, this, &Shell::report_problems);
  connect(&session, &Session::busy_changed, this, [this](bool busy) {
    if (busy) QApplication::setOverrideCursor(Qt::BusyCursor);
    else QApplication::restoreOverrideCursor();
  });
  make_menus();
  make_keys();
  statusBar()->showMessage(tr("Press ? for the keys"));
  show_page("compare");
}

void Shell::add_page(const QString& name, const QString& title, QWidget* page) {
  names_ << name;
  stack_->addWidget(page);
  const QSignalBlocker quiet(tabs_);
  tabs_->addTab(title);
  tabs_->setTabToolTip(tabs_->count() - 1, tr("%1 (key %2)").arg(title).arg(tabs_->count()));
  if (auto* content = qobject_cast<ContentPage*>(page)) {
    connect(content, &ContentPage::status, this, [this](const QString& text) { statusBar()->showMessage(text); });
  }
}

QString Shell::page() const { return names_.value(stack_->currentIndex()); }
QWidget* Shell::page_widget(const QString& name) const { return stack_->widget(static_cast<int>(names_.indexOf(name))); }
ContentPage* Shell::content_page() const { return qobject_cast<ContentPage*>(stack_->currentWidget()); }

void Shell::show_page(const QString& name) {
  const int index = static_cast<int>(names_.indexOf(name));
  if (index < 0) return;
  if (name == "figure" && last_content_ != nullptr) figure_->set_figure(last_content_->figure_for_export());
  stack_->setCurrentIndex(index);
  const QSignalBlocker quiet(tabs_);
  tabs_->setCurrentIndex(index);
  search_->setVisible(content_page() != nullptr);  // others have a search of their own, or none
  if (ContentPage* page = content_page()) {
    last_content_ = page;
    page->set_search(search_->text());
  }
}

bool Shell::is_settled() const {
  if (session_.is_loading() || session_.is_busy()) return false;
  if (auto* timeline = stack_->currentWidget()->findChild<timeline::TimelinePage*>()) return !timeline->loading() && !timeline->view().is_gathering();
  const ContentPage* page = content_page();
  return page == nullptr || page->is_up_to_date();
}

void Shell::open(const QStringList& paths) {
  session_.open(paths);
  if (paths.isEmpty()) report_problems();
  QSettings settings;
  QStringList recent = settings.value("recent").toStringList();
  for (const QString& path : paths) {
    recent.removeAll(QFileInfo(path).absoluteFilePath());
    recent.prepend(QFileInfo(path).absoluteFilePath());
  }
  if (keeps_state_) settings.setValue("recent", recent.mid(0, 12));
  update_recent();
}

void Shell::report_problems() {
  QStringList lines;
  bool any_run = !session_.study().runs.empty();
  for (const Source& source : session_.study().sources) {
    if (!source.problem.empty()) lines << QStringLiteral("⚠ ") + QString::fromStdString(source.problem);
  }
  // Without any run the page itself says it, in its middle.
  problem_->setVisible(any_run && !lines.isEmpty());
  problem_->setText(lines.join('\n'));
  QStringList names;
  for (const Source& source : session_.study().sources) names << QFileInfo(QString::fromStdString(source.path)).fileName();
  setWindowTitle(names.isEmpty() ? QStringLiteral("Tulkki") : names.join(", ") + QStringLiteral(" – Tulkki"));
}

void Shell::open_with_dialog() {
  const QStringList paths = QFileDialog::getOpenFileNames(this, tr("Open databases"), QString(), tr("Databases (*.db);;All files (*)"));
  if (!paths.isEmpty()) open(session_.paths() + paths);
}

void Shell::dragEnterEvent(QDragEnterEvent* event) {
  if (event->mimeData()->hasUrls()) event->acceptProposedAction();
}

void Shell::dropEvent(QDropEvent* event) {
  QStringList paths = session_.paths();
  for (const QUrl& url : event->mimeData()->urls()) {
    if (url.isLocalFile() && !paths.contains(url.toLocalFile())) paths << url.toLocalFile();
  }
  open(paths);
}

void Shell::export_figure() {
  if (auto* timeline = stack_->currentWidget()->findChild<timeline::TimelinePage*>()) return export_timeline(*timeline);
  if (last_content_ != nullptr && page() != "figure") figure_->set_figure(last_content_->figure_for_export());
  figure_->export_with_dialog();
}

void Shell::export_timeline(const timeline::TimelinePage& timeline) {
  const QString path = QFileDialog::getSaveFileName(this, tr("Export the timeline as it is in view"), QStringLiteral("timeline.pdf"),
                                                    tr("PDF (*.pdf);;SVG (*.svg);;PNG (*.png)"));
  if (path.isEmpty()) return;
  const Result<void> done = timeline.export_picture(path);
  if (!done) QMessageBox::warning(this, tr("Export"), QString::fromStdString(done.message()));
  else statusBar()->showMessage(tr("Wrote %1").arg(path));
}

void Shell::copy_table() {
  if (auto* timeline = stack_->currentWidget()->findChild<timeline::TimelinePage*>()) {
    QApplication::clipboard()->setText(timeline->details_as_tsv());
    statusBar()->showMessage(tr("Copied the call as TSV"), 4000);
    return;
  }
  ContentPage* page = content_page();
  if (page == nullptr || page->current_table() == nullptr) return;
  page->current_table()->copy();
  statusBar()->showMessage(tr("Copied the table as TSV"), 4000);
}

}  // namespace tulkki
