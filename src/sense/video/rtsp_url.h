/* A camera's address, which may hold a password. Pure. */
#ifndef WARD_SENSE_VIDEO_RTSP_URL_H
#define WARD_SENSE_VIDEO_RTSP_URL_H

#include "base/err.h"
#include "base/slice.h"
#include "base/wr.h"

enum {
	WARD_RTSP_URL = 768,
	WARD_RTSP_NAME = 256, /* of host, user, password */
};

/* "rtsp://[USER[:PASSWORD]@]HOST[:PORT][/PATH…]", taken apart; request is without the credentials.
 */
struct ward_rtsp_url {
	bool tls;
	char host[WARD_RTSP_NAME], user[WARD_RTSP_NAME], password[WARD_RTSP_NAME];
	uint16_t port;
	char request[WARD_RTSP_URL];
};

/* MALFORMED: *ret_why says what is wrong with it, without quoting it. */
WARD_MUST_CHECK enum ward_err ward_rtsp_url_read(
	struct ward_str text, struct ward_rtsp_url *ret, const char **ret_why);
/* "rtsp://host:port": what may be shown, since paths and queries hold passwords, too. */
void ward_rtsp_url_show(const struct ward_rtsp_url *u, struct ward_wr *w);

#endif
