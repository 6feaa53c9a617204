noinst_LIBRARIES += libsync.a
libsync_a_CPPFLAGS = $(AM_CPPFLAGS) $(CURL_CFLAGS)
libsync_a_SOURCES = src/sync/sync.h src/sync/events.c src/sync/turn.c src/sync/run.c src/sync/certificate.c src/sync/sunset.c src/sync/vault.c \
  src/sync/renew.c src/sync/engine.c src/sync/systems.c src/sync/pull.c src/sync/deliver.c src/sync/deliver-one.c \
  src/sync/deliver-batch.c src/sync/deliver.h \
  src/sync/accept.c src/sync/upload.c src/sync/fetch.c src/sync/ask.c src/sync/lookup.c src/sync/requests.c src/sync/question.c src/sync/recorder.c src/sync/explain.c src/sync/draft.c src/sync/catalog.c src/sync/preview.c
noinst_HEADERS += include/motcua/engine.h include/motcua/author.h

if HAVE_TESTS
sync_tests = tests/unit/test-sync-deliver tests/unit/test-sync-pull
check_PROGRAMS += $(sync_tests)
TESTS += $(sync_tests)
sync_fixture = tests/unit/test-sync-help.c tests/unit/test-sync-help.h

tests_unit_test_sync_deliver_SOURCES = tests/unit/test-sync-deliver.c $(sync_fixture)
tests_unit_test_sync_deliver_CFLAGS = $(AM_CFLAGS) $(CMOCKA_CFLAGS) $(CURL_CFLAGS)
tests_unit_test_sync_deliver_LDADD = $(SYNC_LIBS) $(CMOCKA)

tests_unit_test_sync_pull_SOURCES = tests/unit/test-sync-pull.c $(sync_fixture)
tests_unit_test_sync_pull_CFLAGS = $(AM_CFLAGS) $(CMOCKA_CFLAGS) $(CURL_CFLAGS)
tests_unit_test_sync_pull_LDADD = $(SYNC_LIBS) $(CMOCKA)
endif
