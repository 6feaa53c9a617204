# The harness. Every test speaks TAP, so each one counts: tests/tap turns a cmocka program or a plain
# script into TAP, tests/lib/pytap.py a file of Python unittests.
TEST_EXTENSIONS = .py
TAP_DRIVER = env AM_TAP_AWK='$(AWK)' $(SHELL) $(top_srcdir)/build-aux/tap-driver.sh
LOG_DRIVER = $(TAP_DRIVER)
LOG_COMPILER = $(SHELL) $(top_srcdir)/tests/tap
PY_LOG_DRIVER = $(TAP_DRIVER) --ignore-exit
PY_LOG_COMPILER = $(PYTHON) $(top_srcdir)/tests/lib/pytap.py

AM_TESTS_ENVIRONMENT = \
  MOTCUA='$(abs_builddir)/motcua$(EXEEXT)'; export MOTCUA; \
  MOTCUA_DEMO='$(abs_builddir)/motcua-demo$(EXEEXT)'; export MOTCUA_DEMO; \
  MOTCUA_VT='$(abs_builddir)/tests/vt/vt$(EXEEXT)'; export MOTCUA_VT; \
  MOTCUA_DATADIR='$(abs_builddir)/data'; export MOTCUA_DATADIR; \
  CLANG_FORMAT='$(CLANG_FORMAT)'; export CLANG_FORMAT; \
  top_srcdir='$(abs_top_srcdir)'; export top_srcdir; \
  top_builddir='$(abs_top_builddir)'; export top_builddir; \
  PYTHONDONTWRITEBYTECODE=1; export PYTHONDONTWRITEBYTECODE; \
  LC_ALL=C.UTF-8; export LC_ALL;

# What a unit test links besides its layer.
CMOCKA = $(CMOCKA_LIBS)

# Checks of the sources.
check_scripts = tests/check-layers tests/check-po
if HAVE_CLANG_FORMAT
check_scripts += tests/check-format
endif

# Quick tests, run by distcheck too; then the others.
smoke_tests = tests/functional/test_harness.py tests/functional/test_cli_manual.py tests/functional/test_cli_demo.py
more_tests = tests/functional/test_province.py tests/functional/test_cli_acts.py \
  tests/functional/test_cli_privacy.py tests/functional/test_cli_author.py tests/functional/test_cli_explain.py tests/functional/test_cli_openapi.py \
  tests/functional/test_recordings.py \
  tests/functional/test_cli_commands.py tests/fault/test_systems.py tests/fault/test_once.py \
  tests/fault/test_hostile.py tests/fault/test_keyring.py \
  tests/screens/test_tui_views.py tests/screens/test_tui_acts.py
more_tests += tests/functional/test_lookup.py tests/screens/test_lookup.py
more_tests += tests/functional/test_province_1022.py tests/functional/test_province_jmap.py \
  tests/functional/test_acts_1022.py tests/functional/test_acts_thu.py
more_tests += tests/functional/test_errors.py tests/functional/test_values.py tests/functional/test_rules.py tests/functional/test_sessions.py
EXTRA_DIST += tests/lib/script.py
more_tests += tests/screens/test_act.py
more_tests += tests/screens/test_act_ways.py
more_tests += tests/screens/test_act_trouble.py
more_tests += tests/screens/test_act_systems.py
more_tests += tests/screens/test_new.py
more_tests += tests/functional/test_lab_streams.py tests/fault/test_limits.py
EXTRA_DIST += tests/openapi/calls.json tests/openapi/cases.json tests/openapi/documents.json \
  tests/openapi/hostile.json tests/openapi/register.json tests/openapi/tickets.json
more_tests += tests/functional/test_language.py
EXTRA_DIST += tests/lib/jsonc.py tests/connectors
EXTRA_DIST += tests/functional/lab/lab-graphql.jsonc tests/functional/lab/lab-jsonrpc.jsonc \
  tests/functional/lab/lab-odata.jsonc tests/functional/lab/lab-pages.jsonc

TESTS += $(check_scripts) $(smoke_tests)
if !SMOKE
TESTS += $(more_tests)
endif
EXTRA_DIST += $(check_scripts) $(smoke_tests) $(more_tests) tests/tap tests/lib/pytap.py

# The terminal of the screen tests.
if HAVE_TESTS
check_PROGRAMS += tests/vt/vt
endif
tests_vt_vt_SOURCES = tests/vt/vt.c
tests_vt_vt_CFLAGS = $(AM_CFLAGS) $(VTERM_CFLAGS)
tests_vt_vt_LDADD = $(VTERM_LIBS) $(GLIB_LIBS)
EXTRA_DIST += tests/run-matrix tests/check-layers tests/check-format tests/check-po tests/lib/screen.py tests/lib/province.py tests/lib/systems.py tests/lib/inbox.py \
  tests/lib/keyring.py tests/lib/credential-helper

# The bench: built by `make bench`, run by tests/bench/run.
EXTRA_PROGRAMS = tests/bench/fill tests/bench/map tests/bench/minimal tests/bench/paint
tests_bench_fill_SOURCES = tests/bench/fill.c
tests_bench_fill_LDADD = $(STORE_LIBS)
tests_bench_map_SOURCES = tests/bench/map.c
tests_bench_map_LDADD = $(CONNECTOR_LIBS)
tests_bench_minimal_SOURCES = tests/bench/minimal.c
tests_bench_minimal_CFLAGS = $(AM_CFLAGS) $(SQLITE_CFLAGS) $(CURL_CFLAGS) $(LIBSECRET_CFLAGS) $(CURSES_CFLAGS)
tests_bench_minimal_LDADD = $(SQLITE_LIBS) $(CURL_LIBS) $(LIBSECRET_LIBS) $(CURSES_LIBS) $(CJSON_LIBS) $(GLIB_LIBS)
tests_bench_paint_SOURCES = tests/bench/paint.c
tests_bench_paint_CFLAGS = $(AM_CFLAGS) $(CURSES_CFLAGS)
tests_bench_paint_LDADD = $(CURSES_LIBS)
EXTRA_DIST += tests/bench/run

# The workbench: logins without a person, and where credentials go.
more_login_tests = tests/functional/test_lab_login.py tests/functional/test_audience.py \
  tests/functional/test_lab_person.py tests/screens/test_login.py tests/functional/test_lab_cert.py
EXTRA_DIST += $(more_login_tests) tests/lib/qr.py tests/functional/lab/lab-device.jsonc tests/functional/lab/lab-otp.jsonc
EXTRA_DIST += tests/functional/lab/lab-cert.jsonc tests/functional/lab/lab-oauth.jsonc tests/functional/lab/lab-shared.jsonc \
  tests/functional/lab/lab-sign.jsonc tests/functional/lab/lab-single.jsonc
if !SMOKE
TESTS += $(more_login_tests)
endif

# The workbench: any write, exactly once.
more_write_tests = tests/functional/test_lab_writes.py tests/screens/test_act_wait.py
EXTRA_DIST += $(more_write_tests) tests/functional/lab/lab-steps.jsonc tests/functional/lab/lab-poll.jsonc \
  tests/functional/lab/lab-batch.jsonc tests/functional/lab/lab-liar.jsonc
if !SMOKE
TESTS += $(more_write_tests)
endif

# Files in and out.
more_file_tests = tests/functional/test_lab_files.py tests/screens/test_files.py
EXTRA_DIST += $(more_file_tests) tests/lib/fileserver.py tests/functional/lab/lab-files.jsonc
if !SMOKE
TESTS += $(more_file_tests)
endif

# A SOAP service in old and new character sets, and identifiers on every way.
more_xml_tests = tests/functional/test_xml.py tests/fault/test_reading.py
if !SMOKE
TESTS += $(more_xml_tests)
endif
EXTRA_DIST += $(more_xml_tests) tests/functional/lab/lab-soap.jsonc tests/functional/lab/lab-identity.jsonc

# The manual of the connector language: its examples, its keys, its worked example.
more_manual_tests = tests/functional/test_manual_connector.py
if !SMOKE
TESTS += $(more_manual_tests)
endif
EXTRA_DIST += $(more_manual_tests) tests/lib/manual.py
EXTRA_DIST += tests/recordings/rt.jsonl tests/recordings/thu.jsonl tests/recordings/openid.jsonl
