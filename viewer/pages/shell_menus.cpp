// SPDX-License-Identifier: GPL-3.0-or-later
// Menus, keys, and what is kept from one start to the next.
#include <QActionGroup>
#include <QApplication>
#include <QCloseEvent>
#include <QCryptographicHash>
#include <QFileInfo>
#include <QMenuBar>
#include <QSettings>
#include <QShortcut>

#include "viewer/pages/keys_dialog.h"
#include "viewer/pages/shell.h"
#include "viewer/timeline/timeline_page.h"

namespace tulkki {

void Shell::make_menus() {
  QMenu* file = menuBar()->addMenu(tr("&File"));
  file->addAction(tr("&Open …"), QKeySequence::Open, this, &Shell::open_with_dialog);
  recent_ = file->addMenu(tr("Open &recent"));
  update_recent();
  file->addAction(tr("&Close all"), this, [this] { open({}); });
  file->addSeparator();
  file->addAction(tr("&Export figure …"), QKeySequence(Qt::CTRL | Qt::Key_E), this, &Shell::export_figure);
  file->addAction(tr("&Copy table as TSV"), QKeySequence::Copy, this, &Shell::copy_table);
  file->addSeparator();
  file->addAction(tr("&Quit"), QKeySequence::Quit, this, &QWidget::close);
  QMenu* view = menuBar()->addMenu(tr("&View"));
  view->addAction(runs_->toggleViewAction());
  view->addAction(tr("&Undo choice"), QKeySequence::Undo, &session_, &Session::undo);
  view->addAction(tr("Read files &again"), QKeySequence(Qt::Key_F5), &session_, &Session::reload);
  QAction* follow = view->addAction(tr("&Follow files that grow"));
  follow->setCheckable(true);
  follow->setChecked(true);
  connect(follow, &QAction::toggled, &session_, &Session::set_following);
  QAction* unfinished = view->addAction(tr("U&nfinished runs"));
  unfinished->setCheckable(true);
  connect(unfinished, &QAction::toggled, this, [this](bool on) {
    session_.change([&](ViewState& state) { state.include_unfinished = on; });
  });
  QMenu* theme = view->addMenu(tr("&Theme"));
  auto* group = new QActionGroup(this);
  const WindowTheme current = theme_named(QSettings().value("theme").toString());
  for (const auto& [value, name] : {std::pair(WindowTheme::system, tr("&System")), std::pair(WindowTheme::light, tr("&Light")),
                                    std::pair(WindowTheme::dark, tr("&Dark"))}) {
    QAction* action = theme->addAction(name);
    action->setCheckable(true);
    action->setChecked(value == current);
    group->addAction(action);
    connect(action, &QAction::triggered, this, [value = value] {
      QSettings().setValue("theme", theme_name(value));
      apply_theme(*qApp, value);
    });
  }
  QMenu* help = menuBar()->addMenu(tr("&Help"));
  help->addAction(tr("&Keys"), this, [this] { show_keys(this); });
}

void Shell::make_keys() {
  for (int number = 0; number < names_.size() && number < 9; ++number) {
    auto* key = new QShortcut(QKeySequence(Qt::Key_1 + number), this);
    connect(key, &QShortcut::activated, this, [this, number] { show_page(names_[number]); });
  }
  const auto on_key = [this](const QKeySequence& sequence, auto action) {
    auto* key = new QShortcut(sequence, this);
    connect(key, &QShortcut::activated, this, action);
  };
  on_key(QKeySequence(Qt::Key_Slash), [this] {
    if (auto* timeline = stack_->currentWidget()->findChild<timeline::TimelinePage*>()) {
      emit timeline->view().search_wanted();
      return;
    }
    search_->setFocus(Qt::ShortcutFocusReason);
    search_->selectAll();
  });
  on_key(QKeySequence(QStringLiteral("?")), [this] { show_keys(this); });
  on_key(QKeySequence(Qt::Key_B), [this] { runs_->make_baseline(); });
  on_key(QKeySequence(Qt::Key_X), [this] {
    const ContentPage* page = last_content_;
    if (page == nullptr || page->content().series.size() < 2) return;
    const std::vector<std::string> series = page->content().series;
    session_.change([&](ViewState& state) {
      const std::string other = state.contender.empty() || state.contender == series[0] ? series[1] : state.contender;
      state.contender = series[0];
      state.baseline = other;
    });
  });
  on_key(QKeySequence(Qt::Key_Escape), [this] {
    if (content_page() != nullptr && content_page()->cancel_reading()) return;
    search_->clear();
    if (stack_->currentWidget() != nullptr) stack_->currentWidget()->setFocus();
    session_.change([](ViewState& state) {
      state.size_class.reset();
      state.cell.reset();
      state.procedure.clear();
    });
  });
}

void Shell::update_recent() {
  if (recent_ == nullptr) return;
  recent_->clear();
  const QStringList paths = QSettings().value("recent").toStringList();
  for (const QString& path : paths) {
    QAction* action = recent_->addAction(path, this, [this, path] { open({path}); });
    action->setEnabled(QFileInfo::exists(path));
  }
  recent_->setEnabled(!paths.isEmpty());
}

namespace {

// Kept for the databases that were open together, whatever their order. Runs are hidden by number: of a file that has
// been replaced, other ones.
QString choices_key(QStringList paths) {
  for (QString& path : paths) path = QFileInfo(path).absoluteFilePath();
  paths.sort();
  const QByteArray hash = QCryptographicHash::hash(paths.join('\n').toUtf8(), QCryptographicHash::Sha1);
  return QStringLiteral("choices/") + QString::fromLatin1(hash.toHex());
}

}  // namespace

void Shell::keep_choices() const {
  constexpr qsizetype kMostStudies = 50;
  if (session_.paths().isEmpty()) return;
  QSettings settings;
  settings.beginGroup("choices");
  const QStringList known = settings.childKeys();
  for (qsizetype i = 0; i < known.size() - kMostStudies; ++i) settings.remove(known[i]);
  settings.endGroup();
  settings.setValue(choices_key(session_.paths()), QString::fromStdString(state_to_json(session_.state())));
}

void Shell::recall(const QStringList& paths) {
  if (!keeps_state_) return;
  const std::string text = QSettings().value(choices_key(paths)).toString().toStdString();
  if (text.empty()) return;
  const Result<ViewState> state = state_from_json(text, "");
  if (state) session_.set_state(*state);  // one that another version wrote is forgotten
}

void Shell::restore() {
  QSettings settings;
  restoreGeometry(settings.value("geometry").toByteArray());
  restoreState(settings.value("docks").toByteArray());
  show_page(settings.value("page", "compare").toString());
}

void Shell::closeEvent(QCloseEvent* event) {
  if (keeps_state_) {
    QSettings settings;
    settings.setValue("geometry", saveGeometry());
    settings.setValue("docks", saveState());
    settings.setValue("page", page());
    keep_choices();
  }
  event->accept();
}

}  // namespace tulkki
