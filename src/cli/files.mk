noinst_LIBRARIES += libcli.a
libcli_a_SOURCES = src/cli/cli.h src/cli/act.h src/cli/main.c src/cli/common.c src/cli/list.c src/cli/show.c \
  src/cli/sync.c src/cli/login.c src/cli/act.c src/cli/act-run.c src/cli/act-stream.c src/cli/outbox.c \
  src/cli/attach.c \
  src/cli/own.c src/cli/lookup.c src/cli/progress.c src/cli/progress.h src/cli/system.c src/cli/connector.c src/cli/connector.h src/cli/connector-list.c src/cli/connector-check.c src/cli/connector-explain.c src/cli/connector-new.c src/cli/connector-record.c src/cli/ask.c src/cli/question.c src/cli/question.h src/cli/audit.c src/cli/doctor.c src/cli/demo.c
dist_man_MANS += man/motcua.1 man/motcua-connector.5
