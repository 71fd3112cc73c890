/* Private to the process `api`: questions about the hospital's directory that wait for `config`. */
#ifndef WARD_RUN_PROC_API_CONFIG_H
#define WARD_RUN_PROC_API_CONFIG_H

#include "run/configure.h"

enum {
	SERVE_CONFIGURE_BODY = 4 << 20, /* of a proposal */
	SERVE_CONFIGURING = 16,         /* that wait */
};

struct ward_httpd_ask;

/* What `config` is asked, and who waits for it: one after the other, part by part. */
struct serve_configuring {
	struct ward_httpd_ask *ask; /* NULL: unused */
	uint32_t id;
	unsigned status; /* of what went well */
	struct ward_wr question, answer;
	uint32_t total; /* of the answer, once it comes */
	bool sent;
	ward_ns until; /* monotonic, once it is sent */
};

#endif
