noinst_LIBRARIES += libsecrets.a
libsecrets_a_CFLAGS = $(AM_CFLAGS) $(LIBSECRET_CFLAGS)
libsecrets_a_SOURCES = src/secret/secrets.c src/secret/secret.h src/secret/provider.h \
  src/secret/service.c src/secret/deadline.c src/secret/deadline.h \
  src/secret/command.c src/secret/helper.c src/secret/helper.h \
  src/secret/memory.c src/secret/fd.c src/secret/credential.c src/secret/credential.h
