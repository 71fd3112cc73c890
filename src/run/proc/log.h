/* Private to the log sensor's process: its sources, and the ways in which their bytes come. */
#ifndef WARD_RUN_PROC_LOG_H
#define WARD_RUN_PROC_LOG_H

#include "run/feeder.h"
#include "run/flight.h"
#include "run/follow.h"
#include "run/proc/log_tls.h"
#include "sense/log/lines.h"
#include "sense/log/log.h"
#include "sense/log/skew.h"

enum {
	LOG_SOURCES_MAX = 16,
	LOG_CONNECTIONS_MAX = 64,
	LOG_DATAGRAM_MAX = 65536,
	LOG_LINE_MAX = 65536,
};

enum log_way { LOG_UDP, LOG_TCP, LOG_TLS, LOG_FILE };

struct log_source {
	const char *name;
	enum log_way way;
	int fd; /* UDP: the socket; TCP, TLS: a listener */
	enum ward_log_format format;
	enum ward_charset charset;
	struct ward_str multiline;
	struct ward_input_opts opts;
	struct ward_log_sensor *log;
	uint64_t epoch; /* of this life: what is no file is numbered anew in each */
	uint64_t n;     /* messages so far: their place in the source */
	/* UDP: what an earlier life kept last may still be in the socket, once */
	ward_ns kept_stamp;
	uint8_t *kept;
	size_t n_kept;
	struct ward_skew skew;
	ward_ns skew_bound;
	struct log_tls_server *tls;
	struct ward_follow *follow;
	uint64_t n_shed; /* of the feeder, when the last position was committed */
	ward_ns read;    /* monotonic: when the last record of a file came */
};

struct log_connection {
	int fd; /* WARD_FD_NONE: free */
	struct log_source *source;
	struct log_tls *tls; /* NULL: plain TCP */
	struct ward_lines *lines;
	ward_ns heard; /* monotonic: when bytes came last */
};

struct log_process {
	struct ward_process p;
	struct ward_limits lim;
	struct ward_names names;
	struct ward_feeder *feeder;
	struct ward_flight *flight;         /* what came and is not durable */
	struct ward_log_patterns *patterns; /* what lines mean; read before the cage */
	struct ward_arena arena;
	struct ward_positions positions;
	struct log_source source[LOG_SOURCES_MAX];
	size_t n_source;
	struct log_connection conn[LOG_CONNECTIONS_MAX];
	uint8_t decoded[3 * LOG_DATAGRAM_MAX]; /* in UTF-8 */
};

/* One record to the feeder. live: it arrived just now, so that its time says how the source's clock
 * is. Place and epoch become part of the event's id. */
void log_record(struct log_process *s, struct log_source *src, struct ward_str text, uint64_t off,
	uint64_t epoch, bool live);
/* The same of what has no place of its own and is gone from where it came: it is kept until it is
 * durable. */
void log_message(struct log_process *s, struct log_source *src, struct ward_str text);
/* Waits until all that was given is durable, and forgets it. */
void log_commit(struct log_process *s);

/* What an earlier life of this process took and did not commit. */
void log_resume(struct log_process *s);
/* The datagrams that a socket holds, up to a number after which others get their turn. */
void log_datagrams(struct log_process *s, struct log_source *src);

/* Takes a new connection of a TCP or TLS source. */
void log_accept(struct log_process *s, struct log_source *src);
void log_stream(struct log_process *s, struct log_connection *c);
/* Records that wait for more lines come out when their connection has been silent for a second. */
void log_streams_idle(struct log_process *s);
void log_hang_up(struct log_connection *c);
/* What poll(2) has to wait for. */
short log_stream_events(const struct log_connection *c);

/* Reads a source's files until there is nothing more or others have to get their turn; true: there
 * is more. */
bool log_files(struct log_process *s, struct log_source *src);
/* After ward_feeder_flush: positions move on, or, when the journal had no room, go back. */
void log_files_commit(struct log_process *s, struct log_source *src, bool now);

#endif
