# Fuzzing: the corpora are replayed by make check under every compiler; make fuzz looks further (tests/fuzz/run).
fuzz_replays = tests/fuzz/replay-author tests/fuzz/replay-json tests/fuzz/replay-map tests/fuzz/replay-url tests/fuzz/replay-xml
check_PROGRAMS += $(fuzz_replays)
TESTS += $(fuzz_replays)
noinst_HEADERS += tests/fuzz/desk.h tests/fuzz/fuzz.h
EXTRA_PROGRAMS += tests/fuzz/author tests/fuzz/json tests/fuzz/map tests/fuzz/url tests/fuzz/xml
tests_fuzz_replay_author_SOURCES = tests/fuzz/replay.c tests/fuzz/author.c tests/fuzz/desk.c
tests_fuzz_replay_author_LDADD = $(CONNECTOR_LIBS)
tests_fuzz_replay_json_SOURCES = tests/fuzz/replay.c tests/fuzz/json.c
tests_fuzz_replay_json_LDADD = $(CONNECTOR_LIBS)
tests_fuzz_replay_map_SOURCES = tests/fuzz/replay.c tests/fuzz/map.c tests/fuzz/desk.c
tests_fuzz_replay_map_LDADD = $(CONNECTOR_LIBS)
tests_fuzz_replay_url_SOURCES = tests/fuzz/replay.c tests/fuzz/url.c
tests_fuzz_replay_url_LDADD = $(CONNECTOR_LIBS)
tests_fuzz_replay_xml_SOURCES = tests/fuzz/replay.c tests/fuzz/xml.c
tests_fuzz_replay_xml_LDADD = $(CONNECTOR_LIBS)
tests_fuzz_author_SOURCES = tests/fuzz/author.c tests/fuzz/desk.c
tests_fuzz_author_LDFLAGS = $(AM_LDFLAGS) -fsanitize=fuzzer
tests_fuzz_author_LDADD = $(CONNECTOR_LIBS)
tests_fuzz_json_SOURCES = tests/fuzz/json.c
tests_fuzz_json_LDFLAGS = $(AM_LDFLAGS) -fsanitize=fuzzer
tests_fuzz_json_LDADD = $(CONNECTOR_LIBS)
tests_fuzz_map_SOURCES = tests/fuzz/map.c tests/fuzz/desk.c
tests_fuzz_map_LDFLAGS = $(AM_LDFLAGS) -fsanitize=fuzzer
tests_fuzz_map_LDADD = $(CONNECTOR_LIBS)
tests_fuzz_url_SOURCES = tests/fuzz/url.c
tests_fuzz_url_LDFLAGS = $(AM_LDFLAGS) -fsanitize=fuzzer
tests_fuzz_url_LDADD = $(CONNECTOR_LIBS)
tests_fuzz_xml_SOURCES = tests/fuzz/xml.c
tests_fuzz_xml_LDFLAGS = $(AM_LDFLAGS) -fsanitize=fuzzer
tests_fuzz_xml_LDADD = $(CONNECTOR_LIBS)
EXTRA_DIST += tests/fuzz/run tests/fuzz/map.jsonc tests/fuzz/corpus
CLEANFILES += $(EXTRA_PROGRAMS)

# Any bytes at the readers, under sanitizers: make fuzz FUZZ="json xml" FUZZ_TIME=60 (clang; seconds each).
fuzz:
	@$(SHELL) $(srcdir)/tests/fuzz/run $(srcdir) $(FUZZ)
.PHONY: fuzz
