noinst_LIBRARIES += libbase.a
libbase_a_SOURCES = src/base/clock.c src/base/error.c src/base/file.c src/base/filename.c src/base/fold.c src/base/home.c \
  src/base/hours.c src/base/hours.h src/base/http.c src/base/http.h src/base/i18n.c src/base/id.c \
  src/base/id.h src/base/ini.c src/base/layout.c src/base/log.c src/base/settings.c src/base/settings.h \
  src/base/text.c src/base/time.c src/base/url.c
noinst_HEADERS += include/motcua/clock.h include/motcua/error.h include/motcua/file.h include/motcua/home.h \
  include/motcua/i18n.h include/motcua/log.h include/motcua/text.h

if HAVE_TESTS
base_tests = tests/unit/test-base-home tests/unit/test-base-http tests/unit/test-base-text \
  tests/unit/test-base-time
check_PROGRAMS += $(base_tests)
TESTS += $(base_tests)
noinst_HEADERS += tests/unit/unit.h

tests_unit_test_base_home_SOURCES = tests/unit/test-base-home.c
tests_unit_test_base_home_CFLAGS = $(AM_CFLAGS) $(CMOCKA_CFLAGS)
tests_unit_test_base_home_LDADD = $(BASE_LIBS) $(CMOCKA)

tests_unit_test_base_http_SOURCES = tests/unit/test-base-http.c
tests_unit_test_base_http_CFLAGS = $(AM_CFLAGS) $(CMOCKA_CFLAGS)
tests_unit_test_base_http_LDADD = $(BASE_LIBS) $(CMOCKA)

tests_unit_test_base_text_SOURCES = tests/unit/test-base-text.c
tests_unit_test_base_text_CFLAGS = $(AM_CFLAGS) $(CMOCKA_CFLAGS)
tests_unit_test_base_text_LDADD = $(BASE_LIBS) $(CMOCKA)

tests_unit_test_base_time_SOURCES = tests/unit/test-base-time.c
tests_unit_test_base_time_CFLAGS = $(AM_CFLAGS) $(CMOCKA_CFLAGS)
tests_unit_test_base_time_LDADD = $(BASE_LIBS) $(CMOCKA)
endif
