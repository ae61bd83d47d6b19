// SPDX-License-Identifier: GPL-3.0-or-later
// What all pages with plots and tables share: asking for the content, showing it, messages, search, export. A page adds
// its controls and says what a click means. docs/add-a-page.md shows how.
#pragma once

#include <QComboBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QSplitter>
#include <QTabWidget>
#include <QWidget>

#include "viewer/model/session.h"
#include "viewer/pages/data_table.h"
#include "viewer/pages/reading.h"
#include "viewer/plot/plot_widget.h"

namespace tulkki {

class ContentPage : public QWidget {
  Q_OBJECT

 public:
  ContentPage(Session& session, std::string name, PageFunction* content, QWidget* parent = nullptr);

  const std::string& name() const { return name_; }
  // Asks for the content again when something has changed since; at once when the page is visible, else later.
  void refresh();
  bool is_up_to_date() const { return !stale_ && !waiting_; }
  const PageContent& content() const { return content_; }
  QList<plot::PlotWidget*> plots() const { return plots_; }
  QList<DataTable*> tables() const { return tables_; }
  DataTable* current_table() const;
  // Stops what the page reads at length, as its button does; false: there is nothing to stop.
  bool cancel_reading();
  void set_search(const QString& text);
  // The figure as the user sees it, with a query that gives it again; empty when there is none.
  plot::FigureSpec figure_for_export(std::size_t number = 0) const;

 signals:
  void status(const QString& text);
  void updated();

 protected:
  // For pages: widgets above the plot, in order.
  // Returns the label, for controls that are not always there.
  QLabel* add_control(const QString& label, QWidget* widget);
  void add_below_tables(QWidget* widget);
  void show_table(const std::string& name);  // on top of the others
  virtual void content_shown() {}   // to update controls
  virtual void row_chosen(const std::string& table, const QString& key);
  virtual void place_clicked(std::size_t figure, const plot::Place& place);
  void showEvent(QShowEvent* event) override;
  void hideEvent(QHideEvent* event) override;
  Session& session_;

 private:
  void show_content(PageContent content);
  void show_plots();
  void show_tables();
  void show_warnings();
  void choices_changed();
  void study_changed();
  void take(PageContent content);
  void fill_controls_early();
  void show_progress(double fraction, const QString& phase);
  void show_problem(const QString& text);
  std::string name_;
  PageFunction* function_;
  bool stale_ = true, waiting_ = false, cancelled_by_user_ = false;
  QStringList asked_paths_;  // what was open when the content was asked for
  int number_;
  PageContent content_;
  QWidget* controls_;
  QHBoxLayout* control_layout_;
  QLabel *headline_, *warnings_;
  bool sized_ = false;
  QSplitter *splitter_, *plot_splitter_, *table_splitter_;
  QTabWidget* tabs_;
  QLabel* message_;
  ReadingBar* reading_;
  ReadingNotice* notice_;
  QList<plot::PlotWidget*> plots_;
  QList<DataTable*> tables_;
  QString search_;
};

// Fills a box without telling anybody; keeps or sets what is chosen.
void fill_box(QComboBox& box, const QStringList& texts, const QString& current);
QStringList to_strings(const std::vector<std::string>& texts);

}  // namespace tulkki
