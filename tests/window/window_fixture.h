// SPDX-License-Identifier: Apache-2.0
// The window on the offscreen platform, for tests that drive it as a user does.
#pragma once

#include <gtest/gtest.h>

#include <QApplication>
#include <QLabel>
#include <QTest>
#include <functional>

#include "viewer/pages/shell.h"

namespace tulkki {

inline QString study_path() { return qEnvironmentVariable("TULKKI_TEST_STUDY"); }

class Window : public testing::Test {
 protected:
  Window() : shell_(session_) {
    shell_.keep_state(false);
    shell_.resize(1280, 800);
    shell_.show();
  }
  // A condition with a limit that only a hang reaches.
  bool wait_for(const std::function<bool()>& condition) { return QTest::qWaitFor(condition, 60'000); }
  void open(const QStringList& paths) {
    shell_.open(paths);
    settle();
  }
  void settle() {
    ASSERT_TRUE(wait_for([this] { return shell_.is_settled(); }));
    QApplication::processEvents();
    ASSERT_TRUE(wait_for([this] { return shell_.is_settled(); }));
  }
  void show_page(const QString& name) {
    shell_.show_page(name);
    settle();
  }
  QString text_of_page() {
    QString text;
    for (const QLabel* label : shell_.findChildren<QLabel*>()) {
      if (label->isVisible()) text += label->text() + "\n";
    }
    return text;
  }
  Session session_;
  Shell shell_;
};

}  // namespace tulkki
