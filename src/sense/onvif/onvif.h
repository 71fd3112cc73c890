/* A client of one ONVIF device (Profiles S, T, C, A; Core 9.1: events by pull point), without a
 * socket: bytes of the device in, bytes for it and events out.
 *
 * It asks for the device's clock, since whoever asks with a wrong time is refused; for its
 * services; then for a pull point, whose lease it renews at its half. What fails is tried again,
 * later and later; after five failures in a row, or when the device knows the pull point no more,
 * all begins anew. A device that can't hold an answer back is asked again and again instead. Of
 * addresses that the device gives only the path is used: no other host is ever spoken with.
 *
 * Or it reads the device's metadata stream (Streaming 5.1.2) by RTSP: the same messages, and which
 * objects its own analysis follows. Then the one connection stays, and its end is a failure.
 *
 * Or it asks once which streams a device offers, what a recorder holds, or which doors a controller
 * has, and is done.
 *
 * Pure state machine over bytes and times; sees untrusted bytes; single-threaded. */
#ifndef WARD_SENSE_ONVIF_ONVIF_H
#define WARD_SENSE_ONVIF_ONVIF_H

#include "base/counter.h"
#include "event/event.h"
#include "sense/video/rtsp_url.h"

enum { WARD_ONVIF_TEXT = 256, WARD_ONVIF_PATH = 512 };

/* Where the device is, and who we are there; its path is where it takes its first request. */
struct ward_onvif_url {
	bool tls;
	char host[WARD_ONVIF_TEXT];
	uint16_t port;
	char path[WARD_ONVIF_PATH];
};
/* "onvif://HOST[:PORT][/PATH]", "onvifs://…" (HTTP over TLS). MALFORMED: *ret_why. */
WARD_MUST_CHECK enum ward_err ward_onvif_url_read(
	struct ward_str text, struct ward_onvif_url *ret, const char **ret_why);

/* What an analysis needs of a stream at least. */
struct ward_onvif_need {
	unsigned width, fps;
};

/* A stream that a device offers (ONVIF Media, Media2); texts are borrowed. */
struct ward_onvif_stream {
	struct ward_str profile, name; /* the name may be empty */
	struct ward_str
		source; /* its picture's: which camera of a recorder; empty: it does not say */
	struct ward_str encoding; /* as the device says: H264, H265, JPEG … */
	unsigned width, height;
	unsigned millifps; /* pictures in a thousand seconds, at most; 0: it does not say */
	unsigned kbps;     /* at most; 0: it does not say */
	struct ward_str uri;
	bool suffices; /* what is needed; one that does not say its rate is taken to have it */
	/* of each source the one to take: of those that suffice that with the fewest pixels a
	 * second to decode; where none does the largest */
	bool take;
};

/* What a recorder holds of one source (ONVIF Recording Search 5.4, Profile G); texts are borrowed.
 * Between from and to there may be gaps. */
struct ward_onvif_recording {
	struct ward_str token, source, name, location; /* the latter may be empty */
	ward_ns from, to;    /* by our clock; of its pictures, where it says that */
	bool lasts;          /* it is being recorded */
	struct ward_str uri; /* by which it is replayed (RTSP); empty: it tells none */
};

/* A door of a controller, or a reader at one (ONVIF Door Control 5.2, Access Control 5.2: access
 * point, Profiles C and A); texts are borrowed, those beside the token may be empty. */
struct ward_onvif_door {
	bool reader;
	struct ward_str token, name, description;
	struct ward_str door;     /* of a reader: the door's token */
	struct ward_str from, to; /* of a reader: from which area into which, their tokens */
};

/* As one object of JSON, without the end of a line: what is empty or 0 is left out. */
void ward_onvif_stream_json(const struct ward_onvif_stream *s, struct ward_wr *w);
void ward_onvif_recording_json(const struct ward_onvif_recording *r, struct ward_wr *w);
/* With the key by which the directory names it, as a device of that source. */
void ward_onvif_door_json(
	const struct ward_onvif_door *d, struct ward_str source, struct ward_wr *w);

/* What a device is asked for. */
enum ward_onvif_what {
	WARD_ONVIF_EVENTS,     /* without end */
	WARD_ONVIF_STREAMS,    /* once */
	WARD_ONVIF_RECORDINGS, /* once */
	WARD_ONVIF_DOORS,      /* once */
};

struct ward_onvif_sink {
	/* One event of the device, class log.onvif; borrowed for the call. */
	enum ward_err (*event)(void *ctx, const struct ward_event *e);
	/* One stream that it offers, one recording that it holds, one door or reader that it has.
	 */
	void (*stream)(void *ctx, const struct ward_onvif_stream *s);
	void (*recording)(void *ctx, const struct ward_onvif_recording *r);
	void (*door)(void *ctx, const struct ward_onvif_door *d);
	void *ctx;
};

struct ward_onvif_opts {
	const struct ward_mem *mem; /* pointers are borrowed for the client's life */
	struct ward_names *names;
	struct ward_counters *counters;
	const struct ward_onvif_url *url;
	const char *user, *password; /* user NULL: nobody's */
	struct ward_str source, camera;
	struct ward_onvif_sink sink;
	struct ward_seed random;
	enum ward_onvif_what what;
	struct ward_onvif_need need; /* STREAMS */
	/* its metadata stream, with user and password, instead of a pull point; then url, user and
	 * password are not needed. Or NULL */
	const struct ward_rtsp_url *metadata;
};

struct ward_onvif;

/* NOMEM; IO: OpenSSL has no SHA-1. */
WARD_MUST_CHECK enum ward_err ward_onvif_new(
	const struct ward_onvif_opts *opts, struct ward_onvif **ret);
void ward_onvif_free(struct ward_onvif *o);

/* What is to be sent, if anything is due by now; empty: nothing. Times: monotonic, and the wall's.
 */
WARD_MUST_CHECK enum ward_err ward_onvif_due(
	struct ward_onvif *o, ward_ns mono, ward_ns wall, struct ward_slice *ret);
void ward_onvif_sent(struct ward_onvif *o, size_t n);
/* True when a request or its answer is on its way: then a connection is needed. */
bool ward_onvif_busy(const struct ward_onvif *o);
/* When it next has something to do by itself, monotonic. */
ward_ns ward_onvif_next(const struct ward_onvif *o);
/* What came. CLOSED: the connection is to be ended, all is well. DENIED, FOREIGN: it is to be
 * ended, ward_onvif_why says why. NOMEM, or the sink's error. */
WARD_MUST_CHECK enum ward_err ward_onvif_bytes(
	struct ward_onvif *o, struct ward_slice bytes, ward_ns mono, ward_ns wall);
/* The device ended the connection, or none came about, or no answer in time: OK: nothing was lost
 * by that. FOREIGN: a request was. NOMEM, or the sink's error. */
WARD_MUST_CHECK enum ward_err ward_onvif_ended(struct ward_onvif *o, ward_ns mono, ward_ns wall);
/* An answer is overdue. */
bool ward_onvif_overdue(const struct ward_onvif *o, ward_ns mono);
const char *ward_onvif_why(const struct ward_onvif *o);
/* True while good answers come to what is asked for with our name. */
bool ward_onvif_serves(const struct ward_onvif *o);
/* True when what was asked for once is all told. */
bool ward_onvif_done(const struct ward_onvif *o);
/* Its clock minus ours; false while it is not known. */
bool ward_onvif_clock(const struct ward_onvif *o, ward_ns *ret_ahead);
/* The pull point is given back with the next request, which is the last one; the stream's session
 * likewise. False: on another connection than the one that there is, on which an answer is waited
 * for. */
WARD_MUST_CHECK bool ward_onvif_leave(struct ward_onvif *o);

#endif
