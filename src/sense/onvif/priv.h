/* Private to the client: what it knows of the device, and its answers. */
#ifndef WARD_SENSE_ONVIF_PRIV_H
#define WARD_SENSE_ONVIF_PRIV_H

#include "http/message.h"
#include "sense/onvif/message.h"
#include "sense/onvif/onvif.h"
#include "sense/onvif/soap.h"
#include "sense/video/rtsp_auth.h"

enum {
	ONVIF_BODY_MAX = WARD_XMLDOC_BYTES,
	ONVIF_PROFILES = 256,
	ONVIF_TOKEN = 128,
	ONVIF_REF = 256,
	ONVIF_RECORDINGS = 256,
	ONVIF_SEARCHES = 120, /* a search, or a list, is asked so often for more */
	ONVIF_KEY = 512,
};

struct onvif_profile {
	char token[ONVIF_TOKEN], name[ONVIF_TOKEN], source[ONVIF_TOKEN], encoding[ONVIF_TOKEN];
	unsigned width, height, millifps, kbps;
};

struct onvif_recording {
	char token[ONVIF_TOKEN], source[ONVIF_TOKEN], name[ONVIF_TOKEN], location[ONVIF_TOKEN];
	ward_ns from, to;
	bool lasts;
};

/* A subscription: where it is asked, by which name it wants to be called, and until when it lives.
 */
struct onvif_pull_point {
	char path[WARD_ONVIF_PATH], to[WARD_ONVIF_PATH];
	char ref_ns[WARD_SOAP_REFS][ONVIF_REF], ref_name[WARD_SOAP_REFS][ONVIF_REF],
		ref_text[WARD_SOAP_REFS][ONVIF_REF];
	size_t n_ref;
	ward_ns begin, end; /* monotonic */
};

struct ward_onvif {
	struct ward_onvif_opts opts;
	struct ward_httpmsg *http;
	struct ward_wr request, body; /* due, from sent on; the envelope */
	size_t sent;
	struct ward_xmldoc xml;
	struct ward_arena arena, event_arena;
	struct ward_onvif_place place;
	struct ward_rtsp_challenge challenge; /* of HTTP; OPEN: nobody asked */
	uint32_t n_challenge;                 /* answers to it */
	bool challenged;                      /* the request in hand was refused once */

	enum ward_soap_ask ask; /* what is asked, or next */
	bool waiting;           /* for its answer */
	bool leaving;
	ward_ns asked, next; /* monotonic */
	uint64_t n_ask;
	unsigned n_failed;
	char why[160];

	bool clock_known, serves, media2, done;
	bool short_polls; /* the device can't hold an answer back */
	bool no_renew;    /* it renews by pulling */
	unsigned n_late;  /* held answers that did not come in time, in a row */
	unsigned empty;   /* short polls in a row that gave nothing */
	ward_ns ahead;
	char events[WARD_ONVIF_PATH], media[WARD_ONVIF_PATH], search[WARD_ONVIF_PATH],
		replay[WARD_ONVIF_PATH], doors[WARD_ONVIF_PATH], access[WARD_ONVIF_PATH];
	struct onvif_profile *profile; /* ONVIF_PROFILES; NULL unless they are asked for */
	size_t n_profile, i_profile;
	char search_token[ONVIF_TOKEN];
	char reference[ONVIF_REF]; /* where a list goes on; empty: it begins */
	unsigned n_search;         /* answers of the search, or of the list */
	size_t n_listed, n_told;   /* doors and readers, of this life of the lists, and ever */
	struct onvif_recording *recording; /* ONVIF_RECORDINGS; NULL unless they are asked for */
	size_t n_recording, i_recording;
	struct onvif_pull_point point;
	struct onvif_stream *stream; /* its metadata stream instead of all that; or NULL */
};

/* Lengths of leases and of held answers, in seconds. */
enum { ONVIF_LEASE_S = 120, ONVIF_HOLD_S = 10, ONVIF_MESSAGES = 64 };

/* The answer to o->ask, in o->xml: what it says is taken, and o->ask is what comes next. FOREIGN:
 * it is no such answer (o->why). NOMEM, or the sink's error. */
WARD_MUST_CHECK enum ward_err onvif_answer(struct ward_onvif *o, ward_ns mono, ward_ns wall);
/* One NotificationMessage of o->xml, to the sink; what is none is counted. NOMEM, or the sink's
 * error. */
WARD_MUST_CHECK enum ward_err onvif_take_message(struct ward_onvif *o, uint32_t m, ward_ns wall);
/* FOREIGN: it is no such answer. */
enum ward_err onvif_foreign(struct ward_onvif *o, const char *why);
/* False: it does not fit, or holds a NUL. */
bool onvif_copy(char *to, size_t cap, struct ward_str s);
/* As onvif_answer, of profiles and streams (media.c), of recordings (recording.c), and of doors and
 * readers (door.c). */
WARD_MUST_CHECK enum ward_err onvif_media_answer(struct ward_onvif *o);
WARD_MUST_CHECK enum ward_err onvif_recording_answer(struct ward_onvif *o);
WARD_MUST_CHECK enum ward_err onvif_door_answer(struct ward_onvif *o);
/* The path of an address that the device gave, or of a bare one. False: it has none that fits. */
bool onvif_path(struct ward_str address, char ret[WARD_ONVIF_PATH]);

/* As the functions of onvif.h without `stream`, for a client of a metadata stream. */
WARD_MUST_CHECK enum ward_err onvif_stream_new(struct ward_onvif *o);
void onvif_stream_free(struct ward_onvif *o);
WARD_MUST_CHECK enum ward_err onvif_stream_due(
	struct ward_onvif *o, ward_ns mono, ward_ns wall, struct ward_slice *ret);
void onvif_stream_sent(struct ward_onvif *o, size_t n);
WARD_MUST_CHECK enum ward_err onvif_stream_bytes(
	struct ward_onvif *o, struct ward_slice bytes, ward_ns mono, ward_ns wall);
WARD_MUST_CHECK enum ward_err onvif_stream_ended(struct ward_onvif *o, ward_ns mono, ward_ns wall);
bool onvif_stream_overdue(const struct ward_onvif *o, ward_ns mono);
void onvif_stream_leave(struct ward_onvif *o);

#endif
