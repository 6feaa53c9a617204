noinst_LIBRARIES += libconnector.a
libconnector_a_SOURCES = src/connector/connector.c
