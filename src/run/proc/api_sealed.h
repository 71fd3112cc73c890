/* Private to the process `api`: clips and photos on their way from `clips` to browsers
 * (api_evidence.c). */
#ifndef WARD_RUN_PROC_API_SEALED_H
#define WARD_RUN_PROC_API_SEALED_H

#include "run/httpd.h"
#include "run/sealed.h"

enum { SERVE_SEALED = 16 };

struct serve_sealed {
	bool used, finished;
	struct ward_httpd_ask *ask;       /* until its first piece is there */
	struct ward_httpd_stream *stream; /* from then on */
	struct ward_fetch is;             /* of the next piece */
	uint64_t size;
	uint32_t id;
	ward_ns asked,
		since; /* monotonic: the last FETCH, 0: none is out; the first for the piece */
};

struct serve_clips {
	int link; /* WARD_FD_NONE: there are no clips and photos */
	struct serve_sealed sealed[SERVE_SEALED];
};

#endif
