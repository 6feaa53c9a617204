noinst_LIBRARIES += libsync.a
libsync_a_CPPFLAGS = $(AM_CPPFLAGS) $(CURL_CFLAGS)
libsync_a_SOURCES = src/sync/sync.h src/sync/events.c src/sync/turn.c src/sync/run.c src/sync/vault.c \
  src/sync/renew.c src/sync/engine.c src/sync/systems.c src/sync/pull.c src/sync/deliver.c \
  src/sync/accept.c src/sync/ask.c src/sync/requests.c
noinst_HEADERS += include/motcua/engine.h
