// SPDX-License-Identifier: GPL-3.0-or-later
// A click on a cell shows its calls, a row of the table of pairs marks its cell.
#include "viewer/pages/matrix_page.h"

namespace tulkki {

MatrixPage::MatrixPage(Session& session, QWidget* parent) : ContentPage(session, "matrix", matrix_content, parent) {
  quantity_ = new QComboBox;
  quantity_->addItems({tr("Bytes"), tr("Messages"), tr("Time in sends")});
  contender_ = new QComboBox;
  contender_->setMinimumContentsLength(18);
  by_node_ = new QCheckBox(tr("by &node"));
  add_control(tr("&Quantity"), quantity_);
  add_control(tr("Baseline a&gainst"), contender_);
  add_control(QString(), by_node_);
  connect(quantity_, &QComboBox::activated, this, [this](int index) {
    session_.change([&](ViewState& state) { state.matrix_quantity = static_cast<MatrixQuantity>(index); });
  });
  connect(contender_, &QComboBox::activated, this, [this](int index) {
    session_.change([&](ViewState& state) { state.contender = contender_->itemText(index).toStdString(); });
  });
  connect(by_node_, &QCheckBox::clicked, this, [this](bool on) {
    session_.change([&](ViewState& state) {
      state.matrix_by_node = on;
      state.cell.reset();
    });
  });
}

void MatrixPage::content_shown() {
  const ViewState& state = session_.state();
  quantity_->setCurrentIndex(static_cast<int>(state.matrix_quantity));
  by_node_->setChecked(state.matrix_by_node);
  const QStringList others = to_strings(content().series).mid(1);
  fill_box(*contender_, others, QString::fromStdString(state.contender));
  contender_->setEnabled(others.size() > 1);
  if (state.cell && state.cell != shown_cell_ && !row_was_chosen_) show_table("cell");
  shown_cell_ = state.cell;
  row_was_chosen_ = false;
  if (!state.cell || tables().isEmpty()) return;
  const QString key = QStringLiteral("%1 %2").arg(state.cell->first).arg(state.cell->second);
  DataTable* table = tables().front();
  for (int row = 0; row < table->model()->rowCount(); ++row) {
    if (table->model()->index(row, 0).data(TableModel::kKeyRole).toString() != key) continue;
    const QSignalBlocker quiet(table);
    table->selectRow(row);
    table->scrollTo(table->model()->index(row, 0));
  }
}

void MatrixPage::place_clicked(std::size_t figure, const plot::Place& place) {
  const plot::Matrix& matrix = content().figures[figure].panels[static_cast<std::size_t>(place.panel)].matrix;
  if (place.column < 0 || !matrix.column_edges.empty()) return;  // a block of ranks is no pair
  session_.change([&](ViewState& state) { state.cell = {place.row, place.column}; });
}

void MatrixPage::row_chosen(const std::string& table, const QString& key) {
  if (table == "cell") return ContentPage::row_chosen(table, key);
  const QStringList parts = key.split(' ');
  if (parts.size() != 2) return;
  row_was_chosen_ = true;
  session_.change([&](ViewState& state) { state.cell = {parts[0].toInt(), parts[1].toInt()}; });
}

}  // namespace tulkki
