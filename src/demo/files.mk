motcua_demo_SOURCES = src/demo/main.c
motcua_demo_CPPFLAGS = $(AM_CPPFLAGS) $(MHD_CFLAGS) $(SQLITE_CFLAGS) $(CJSON_CFLAGS)
motcua_demo_LDADD = $(MODEL_LIBS) $(MHD_LIBS) $(SQLITE_LIBS)
