// SPDX-License-Identifier: GPL-3.0-or-later
// Until viewer/timeline is plugged in here: which traces there are and what opens them.
#include "viewer/pages/timeline_page.h"

#include <QLabel>

namespace tulkki {

QWidget* make_timeline_page(Session& session) {
  auto* label = new QLabel;
  label->setAlignment(Qt::AlignCenter);
  label->setWordWrap(true);
  label->setMargin(40);
  label->setTextInteractionFlags(Qt::TextSelectableByMouse);
  const auto refresh = [label, &session] {
    QStringList traces;
    for (const StudyRun& run : session.study().runs) {
      if (!run.info.trace_path.empty()) traces << QString::fromStdString(run.info.trace_path);
    }
    label->setText(traces.isEmpty() ? QObject::tr("These runs have no trace: record with `tulkki run --trace`.")
                                    : QObject::tr("Traces of these runs (OTF2, opened by ViTE, Vampir and others):\n\n%1").arg(traces.mid(0, 12).join('\n')));
  };
  QObject::connect(&session, &Session::study_changed, label, refresh);
  return label;
}

}  // namespace tulkki
