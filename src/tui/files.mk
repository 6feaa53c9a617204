noinst_LIBRARIES += libtui.a
libtui_a_CFLAGS = $(AM_CFLAGS) $(CURSES_CFLAGS)
libtui_a_SOURCES = \
  src/tui/tui.c src/tui/tui.h src/tui/app.h src/tui/view.h src/tui/views.h \
  src/tui/stack.c src/tui/paint.c src/tui/global.c src/tui/global.h \
  src/tui/command.c src/tui/command.h src/tui/key.c src/tui/key.h src/tui/keymap.c src/tui/keymap.h \
  src/tui/theme.c src/tui/theme.h src/tui/tabs.c src/tui/tabs.h src/tui/facts.c src/tui/facts.h \
  src/tui/bar.c src/tui/bar.h \
  src/tui/line.c src/tui/line.h src/tui/row.c src/tui/row.h src/tui/list.c src/tui/list.h \
  src/tui/table.c src/tui/table.h src/tui/pager.c src/tui/pager.h \
  src/tui/edit.c src/tui/edit.h src/tui/editor.c src/tui/editor.h src/tui/field.c src/tui/field.h \
  src/tui/inbox.c src/tui/detail.c src/tui/sheet.c src/tui/sheet.h src/tui/files.c src/tui/files.h src/tui/path.c src/tui/path.h src/tui/outbox.c src/tui/systems.c src/tui/login.c src/tui/signin.c \
  src/tui/help.c src/tui/menu.c src/tui/actions.c src/tui/form.c src/tui/lookup.c src/tui/lookup.h src/tui/prompt.c src/tui/confirm.c \
  src/tui/desk.c src/tui/desk.h \
  src/tui/screen/screen.c src/tui/screen/screen.h src/tui/screen/signals.c src/tui/screen/signals.h \
  src/tui/screen/terminal.c src/tui/screen/terminal.h
dist_themes_DATA += themes/default.theme themes/mono.theme

if HAVE_TESTS
tui_tests = tests/unit/test-tui-list tests/unit/test-tui-input tests/unit/test-tui-row
check_PROGRAMS += $(tui_tests)
TESTS += $(tui_tests)

# Their parts need nothing but the model.
TUI_UNIT_LIBS = libtui.a $(MODEL_LIBS)
tests_unit_test_tui_list_SOURCES = tests/unit/test-tui-list.c
tests_unit_test_tui_list_CFLAGS = $(AM_CFLAGS) $(CMOCKA_CFLAGS)
tests_unit_test_tui_list_LDADD = $(TUI_UNIT_LIBS) $(CMOCKA)

tests_unit_test_tui_input_SOURCES = tests/unit/test-tui-input.c
tests_unit_test_tui_input_CFLAGS = $(AM_CFLAGS) $(CMOCKA_CFLAGS)
tests_unit_test_tui_input_LDADD = $(TUI_UNIT_LIBS) $(CMOCKA)

tests_unit_test_tui_row_SOURCES = tests/unit/test-tui-row.c
tests_unit_test_tui_row_CFLAGS = $(AM_CFLAGS) $(CMOCKA_CFLAGS)
tests_unit_test_tui_row_LDADD = $(TUI_UNIT_LIBS) $(CMOCKA)
endif
