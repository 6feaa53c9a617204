noinst_LIBRARIES += libsecrets.a
libsecrets_a_CFLAGS = $(AM_CFLAGS) $(LIBSECRET_CFLAGS)
libsecrets_a_SOURCES = src/secret/secret.c
