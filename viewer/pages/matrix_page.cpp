// SPDX-License-Identifier: GPL-3.0-or-later
// A click on a cell shows its calls, a row of the table of pairs marks its cell.
#include "viewer/pages/matrix_page.h"

#include <cmath>

namespace tulkki {
namespace {

// Of a block with edges, how many ranks or nodes it has on a side.
int block_of(const plot::Matrix& matrix) {
  return matrix.column_edges.size() < 2 ? 1 : static_cast<int>(std::lround(matrix.column_edges[1] - matrix.column_edges[0]));
}

// What the cells cover that the choice touches; nothing when it lies outside of the matrix.
std::optional<QRectF> frame_of(const plot::Matrix& matrix, const MatrixCell& cell) {
  const int block = block_of(matrix);
  const auto part = [&](int first, int cells) -> std::optional<std::pair<double, double>> {
    const int begin = first / block, end = std::min(cells, (first + cell.block - 1) / block + 1);
    if (begin >= end) return std::nullopt;
    return std::pair(begin * block - 0.5, end * block - 0.5);
  };
  const auto columns = part(cell.receiver, matrix.columns), rows = part(cell.sender, matrix.rows);
  if (!columns || !rows) return std::nullopt;
  return QRectF(QPointF(columns->first, rows->first), QPointF(columns->second, rows->second));
}

}  // namespace

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
  for (qsizetype i = 0; i < plots().size() && static_cast<std::size_t>(i) < content().figures.size(); ++i) {
    const plot::FigureSpec& figure = content().figures[static_cast<std::size_t>(i)];
    const bool framed = state.cell && !figure.panels.empty();
    plots()[i]->set_frame(framed ? frame_of(figure.panels.front().matrix, *state.cell) : std::nullopt);
  }
  if (!state.cell || state.cell->block > 1 || tables().isEmpty()) return;
  const QString key = QStringLiteral("%1 %2").arg(state.cell->sender).arg(state.cell->receiver);
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
  if (place.column < 0) return;
  const int block = block_of(matrix);
  session_.change([&](ViewState& state) { state.cell = {place.row * block, place.column * block, block}; });
}

void MatrixPage::row_chosen(const std::string& table, const QString& key) {
  if (table == "cell") return ContentPage::row_chosen(table, key);
  const QStringList parts = key.split(' ');
  if (parts.size() != 2) return;
  row_was_chosen_ = true;
  session_.change([&](ViewState& state) { state.cell = {parts[0].toInt(), parts[1].toInt(), 1}; });
}

}  // namespace tulkki
